"""Bodies: what is wrong with one is told at its place, in a sentence, and all at once."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError

from atelier.core.errors import InvalidRequest
from atelier.core.http.bodies import LATER, Answer, Body, Nothing, Part
from atelier.core.http.problems import UnknownField, UnsupportedField
from atelier.core.http.times import Time
from atelier.core.http.values import NOT_SENT, WHOLE, Distinct, NotNull, OneOf, SmallObject, Visible


class Box(Part):
    SHAPE = "It must be an object with exactly width and height."

    width: Annotated[int, Field(ge=1, le=9), WHOLE]
    height: Annotated[int, Field(ge=1, le=9), WHOLE]


class Parcel(Body):
    UNSERVED = ("customs",)

    to_whom: Annotated[str, Field(min_length=1, max_length=2000), Visible()]
    box: Box = Box(width=1, height=1)
    weight: Annotated[float, Field(ge=0, le=30)] | None = None
    speed: Annotated[str, OneOf(("slow", "fast"), later=("instant",))] = "slow"
    stamps: Annotated[list[str], Field(max_length=3), Distinct("A stamp is there twice.")] = []
    extras: Annotated[dict[str, Any], SmallObject(20)] = {}
    at: Time | None = None
    is_gift: bool = False


def refused(**members: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refusal:
        Parcel.parse({"toWhom": "Mira"} | members)
    return [(error["pointer"], error["message"]) for error in refusal.value.extra["errors"]]


@pytest.mark.parametrize(
    ("member", "value", "place", "message"),
    [
        ("toWhom", 5, "/toWhom", "It must be a string."),
        ("toWhom", "", "/toWhom", "It must have 1 to 2,000 characters; it has 0."),
        ("toWhom", "x" * 2001, "/toWhom", "It must have 1 to 2,000 characters; it has 2,001."),
        ("toWhom", " \u200b\t", "/toWhom", "It must have at least one visible character."),
        ("box", 5, "/box", "It must be an object with exactly width and height."),
        ("box", {"width": 1}, "/box", "It must be an object with exactly width and height."),
        ("box", {"width": 1, "height": 1, "depth": 1}, "/box", "It must be an object with exactly width and height."),
        ("box", {"width": 1, "height": 10}, "/box/height", "It must be within 1..9."),
        ("box", {"width": True, "height": 1}, "/box/width", "It must be a whole number."),
        ("box", {"width": 1.5, "height": 1}, "/box/width", "It must be a whole number."),
        ("weight", "1", "/weight", "It must be a number."),
        ("weight", True, "/weight", "It must be a number."),
        ("weight", 31, "/weight", "It must be within 0..30."),
        ("speed", "instant", "/speed", LATER),
        ("speed", ["fast"], "/speed", "It must be one of: slow, fast."),
        ("stamps", "a", "/stamps", "It must be a list."),
        ("stamps", ["a", "b", "a"], "/stamps", "A stamp is there twice."),
        ("stamps", ["a", "b", "c", "d"], "/stamps", "It must be a list of 0 to 3."),
        ("stamps", ["a", 1], "/stamps/1", "It must be a string."),
        ("extras", [], "/extras", "It must be an object."),
        ("extras", {"a": "\u00e9" * 10}, "/extras", "It may have 20 bytes as JSON; it has 28."),
        ("at", "2026-01-01", "/at", "It must be a time with its zone, such as 2026-01-31T09:30:00Z."),
        ("isGift", 1, "/isGift", "It must be true or false."),
    ],
)
def test_a_wrong_value_is_named_with_its_place_and_its_bounds(
    member: str, value: object, place: str, message: str
) -> None:
    assert refused(**{member: value}) == [(place, message)]


def test_everything_wrong_is_told_at_once_what_is_missing_first_then_as_it_was_written() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        Parcel.parse({"weight": -1, "box": 5})
    errors = refusal.value.extra["errors"]
    assert [error["pointer"] for error in errors] == ["/toWhom", "/weight", "/box"]
    assert refusal.value.detail == "toWhom: It is required. (2 more in `errors`)"


def test_unknown_members_come_before_unserved_ones_and_those_before_wrong_values() -> None:
    with pytest.raises(UnknownField) as unknown:
        Parcel.parse({"weight": -1, "customs": 1, "a/b~c": 1})
    (error,) = unknown.value.extra["errors"]
    assert error["pointer"] == "/a~1b~0c" and error["message"].startswith("There is no such field. There are: toWhom, ")
    with pytest.raises(UnsupportedField) as unserved:
        Parcel.parse({"weight": -1, "customs": 1})
    assert unserved.value.extra["errors"] == [{"pointer": "/customs", "message": LATER}]


def test_a_long_name_is_not_repeated_whole() -> None:
    assert len(refused(**{"x" * 10_000: 1})[0][0]) == 101


def test_names_are_those_of_the_wire_and_no_others() -> None:
    with pytest.raises(UnknownField):
        Parcel.parse({"to_whom": "Mira", "toWhom": "Mira"})


def test_three_point_zero_is_a_whole_number() -> None:
    box = Parcel.parse({"toWhom": "Mira", "box": {"width": 3.0, "height": 1}}).box
    assert box.width == 3 and isinstance(box.width, int)


def test_null_is_taken_where_nothing_is_the_default() -> None:
    assert Parcel.parse({"toWhom": "Mira", "weight": None, "at": None}).weight is None
    assert refused(speed=None) == [("/speed", "It must be one of: slow, fast.")]


def test_a_member_that_may_be_missing_may_still_not_be_null() -> None:
    class Change(Body):
        name: Annotated[Annotated[str, Field(max_length=3)] | None, NotNull()] = NOT_SENT
        at: Annotated[Time | None, NotNull()] = NOT_SENT

    assert Change.parse({}).name is None
    assert Change.parse({"name": "Jan"}).model_dump(exclude_unset=True) == {"name": "Jan"}
    with pytest.raises(InvalidRequest) as refusal:
        Change.parse({"name": None, "at": None})
    assert [error["pointer"] for error in refusal.value.extra["errors"]] == ["/name", "/at"]
    assert Change.model_json_schema()["properties"]["name"] == {"maxLength": 3, "title": "Name", "type": "string"}


def test_a_body_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Parcel.parse({"toWhom": "Mira"}).to_whom = "Jan"  # type: ignore[misc]  # that is what is tried


@pytest.mark.parametrize("sent", [{}, [], None])
def test_an_operation_without_a_body_takes_an_empty_one(sent: object) -> None:
    assert Nothing.parse(sent) == Nothing()


def test_an_operation_without_a_body_takes_no_member() -> None:
    with pytest.raises(UnknownField):
        Nothing.parse({"a": 1})


def test_an_answer_that_is_wrong_is_an_error_of_ours() -> None:
    class Receipt(Answer):
        weight_grams: int

    assert Receipt(weight_grams=5).model_dump() == {"weightGrams": 5}
    with pytest.raises(ValidationError):
        Receipt(weight_grams="5")  # type: ignore[arg-type]  # that is what is tried
