"""Values from outside: what is refused, and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field
from pydantic.dataclasses import dataclass
from typing_extensions import Annotated, Literal

from edge_app.errors import InputError
from edge_app.validation import CLOSED, WrongValueError, parse_json, parse_values


@dataclass(frozen=True, config=CLOSED)
class Part:
    size: Annotated[float, Field(gt=0, lt=1)]
    word: Literal["big", "small"] = "big"
    box: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        if self.box[0] >= self.box[1]:
            raise ValueError("needs a box from low to high")


@dataclass(frozen=True, config=CLOSED)
class Whole:
    name: str
    count: Annotated[int, Field(ge=0)] = 0
    share: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    ready: bool = False
    tags: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    one: Part | None = None
    format: Literal[1] = 1


def test_lists_become_tuples_and_infinity_is_a_number() -> None:
    text = '{"name": "a", "tags": ["b"], "parts": [{"size": 0.5, "box": [0, Infinity]}]}'
    assert parse_json(Whole, text) == Whole(
        "a", tags=("b",), parts=(Part(0.5, box=(0.0, float("inf"))),)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Invalid JSON"),
        ("[]", "it must be a table, not a list"),
        ("{}", "missing key 'name'"),
        ('{"nam": "a"}', "unknown key 'nam'; did you mean 'name'?"),
        ('{"name": "a", "xyz": 1}', "unknown key 'xyz'"),
        ('{"name": 1}', "'name' must be text, not 1"),
        ('{"name": "a", "count": 1.5}', "'count' must be a whole number of at least 0, not 1.5"),
        ('{"name": "a", "count": true}', "'count' must be a whole number of at least 0, not true"),
        ('{"name": "a", "count": -1}', "'count' must be at least 0, not -1"),
        ('{"name": "a", "share": 1}', "'share' must be from 0 to 0.5, not 1"),
        ('{"name": "a", "ready": "yes"}', "'ready' must be true or false, not 'yes'"),
        ('{"name": "a", "tags": "b"}', "'tags' must be a list of texts, not 'b'"),
        ('{"name": "a", "tags": [1]}', "'tags[0]' must be text, not 1"),
        ('{"name": "a", "parts": {}}', "'parts' must be a list of tables, not a table"),
        ('{"name": "a", "one": []}', "'one' must be a table, not a list"),
        ('{"name": "a", "one": {}}', "missing key 'one.size'"),
        ('{"name": "a", "one": {"siz": 1}}', "unknown key 'one.siz'; did you mean 'size'?"),
        ('{"name": "a", "one": {"size": 1}}', "'one.size' must be above 0 and below 1, not 1"),
        ('{"name": "a", "format": 2}', "'format' must be 1, not 2"),
        (
            '{"name": "a", "parts": [{"size": 0.1}, {"size": 0.1, "word": "bigg"}]}',
            "'parts[1].word' must be one of big, small, not 'bigg'; did you mean 'big'?",
        ),
        ('{"name": "a", "one": {"size": 0.1, "box": [1, 0]}}', "'one' needs a box from low to"),
        ('{"name": "a", "one": {"size": 0.1, "box": [1]}}', "missing key 'one.box[1]'"),
        (
            '{"name": "a", "one": {"size": 0.1, "box": ["1", 2]}}',
            "'one.box[0]' must be a number, not '1'",
        ),
    ],
)
def test_a_sentence_names_the_key_and_what_is_allowed(text: str, said: str) -> None:
    with pytest.raises(WrongValueError) as caught:
        parse_json(Whole, text)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"name": "a", "count": "many"},
            "row 3: 'count' must be a whole number of at least 0, not 'many'",
        ),
        ({"count": 1}, "row 3: missing key 'name'"),
    ],
)
def test_a_row_of_texts_is_read_as_what_it_means(values: dict[str, Any], said: str) -> None:
    assert parse_values(Whole, {"name": "a", "count": "3"}) == Whole("a", count=3)
    with pytest.raises(InputError, match=said):
        parse_values(Whole, values, "row 3")
