"""The networks of the `tiny` model: every part of a Stable Diffusion pipeline, small and untrained."""

from __future__ import annotations

from typing import Any

import torch

from generation.engines.libraries import diffusers, transformers

SEED = 1
WORD_END = "</w>"
START, END = "<|startoftext|>", "<|endoftext|>"
TEXT_WIDTH = 32
MAX_TOKENS = 77


def build_pipeline() -> Any:
    """The untrained pipeline in memory: text width 32, latents of an eighth of the picture's side."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        tokenizer = _tokenizer()
        return diffusers.StableDiffusionPipeline(
            text_encoder=_text_encoder(len(tokenizer), tokenizer),
            unet=_unet(),
            vae=_autoencoder(),
            tokenizer=tokenizer,
            scheduler=diffusers.DDIMScheduler(
                beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1
            ),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )


def _tokenizer() -> transformers.CLIPTokenizer:
    """CLIP's tokenizer over single bytes: 256 inside a word, 256 that end one, and the two marks."""
    letters = _byte_letters()
    tokens = [*letters, *(letter + WORD_END for letter in letters), START, END]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return transformers.CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=MAX_TOKENS)


def _byte_letters() -> list[str]:
    """What byte-level tokenizers write for a byte: itself where printable, else a letter from U+0100 on."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def _text_encoder(vocabulary_size: int, tokenizer: transformers.CLIPTokenizer) -> transformers.CLIPTextModel:
    return transformers.CLIPTextModel(
        transformers.CLIPTextConfig(
            vocab_size=vocabulary_size,
            hidden_size=TEXT_WIDTH,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            projection_dim=TEXT_WIDTH,
            max_position_embeddings=MAX_TOKENS,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def _unet() -> diffusers.UNet2DConditionModel:
    return diffusers.UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(32, 64),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=8,
        norm_num_groups=16,
    )


def _autoencoder() -> diffusers.AutoencoderKL:
    """Four blocks, so that latents are an eighth of the side: with fewer, attention takes minutes."""
    return diffusers.AutoencoderKL(
        block_out_channels=(16, 32, 32, 32),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=16,
        sample_size=64,
    )
