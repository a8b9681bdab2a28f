"""A prompt is embedded in full, however long it is."""

from __future__ import annotations

import numpy as np
import pytest

from generation.starter.sentences import WIDTH, WINDOW, Sentences, shared_sentences


@pytest.fixture(scope="module")
def sentences() -> Sentences:
    return shared_sentences()


def test_the_last_word_of_the_longest_prompt_counts(sentences: Sentences) -> None:
    long = "very " * 397
    assert len(long + "elephant") <= 2000
    assert len(long.split()) > WINDOW
    elephant, teapot = sentences.embed([long + "elephant", long + "teapot"])
    assert np.abs(elephant - teapot).max() > 1e-3


def test_every_text_becomes_a_vector_of_length_one(sentences: Sentences) -> None:
    vectors = sentences.embed(["", "a dog", "\u732b", "x" * 2000])
    assert vectors.shape == (4, WIDTH)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_near_meanings_are_near(sentences: Sentences) -> None:
    puppy, dog, wrench = sentences.embed(["a puppy", "a dog", "a wrench"])
    assert puppy @ dog > puppy @ wrench + 0.3
