"""Checks values from files and other programs with pydantic.

A class read this way is a frozen `pydantic.dataclasses.dataclass` with `config=CLOSED`. Its
annotations say what is allowed; `__post_init__` raises ValueError for rules over several keys.
Every error is one sentence, built from the class's JSON schema.
"""

from __future__ import annotations

import difflib
import json
from typing import Any, Iterable, Mapping, Tuple, TypeVar, Union

from pydantic import ConfigDict, GetPydanticSchema, TypeAdapter, ValidationError
from typing_extensions import Literal

from edge_app.errors import InputError

T = TypeVar("T")
Place = Tuple[Union[str, int], ...]  # keys and list indices from the outermost table inwards

# An unknown key is a typing error: it is refused. Built at the first use, most only as a part.
CLOSED = ConfigDict(extra="forbid", defer_build=True)

_UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a table",
}
_LISTS = {"string": "a list of texts", "object": "a list of tables"}


class WrongValueError(ValueError):
    """One invalid value; its text is one sentence that names the key and what is allowed.

    Attributes:
        place: keys and indices that lead to the value; empty for the whole document.
    """

    def __init__(self, place: Place, sentence: str) -> None:
        super().__init__(sentence)
        self.place = place


def parse_json(kind: type[T], text: str) -> T:
    """A value of this class from JSON; nothing is converted, so "1" is not a number.

    Raises:
        WrongValueError: the text is not JSON, or a key is unknown, missing or has an invalid value.
    """
    adapter = TypeAdapter(kind)  # made when the class was
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError as exc:
        raise _complaint(exc, adapter) from exc


def parse_values(kind: type[T], values: Mapping[str, Any], source: str = "") -> T:
    """A value of this class from Python values, such as flags or a row of a table.

    Args:
        source: the beginning of the error message, such as "clips.csv, line 3".

    Raises:
        InputError: a key is unknown, missing or has an invalid value.
    """
    adapter = TypeAdapter(kind)  # made when the class was
    try:
        return adapter.validate_python(dict(values))
    except ValidationError as exc:
        sentence = str(_complaint(exc, adapter))
        raise InputError(f"{source}: {sentence}" if source else sentence) from exc


def one_of(values: Iterable[str]) -> GetPydanticSchema:
    """For `Annotated[str, …]`: a closed set that is computed, where `Literal` cannot be written."""
    kind = Literal.__getitem__(tuple(values))
    return GetPydanticSchema(lambda _, handler: handler(kind))


def near_miss(word: str, known: Iterable[str]) -> str:
    """ "; did you mean 'port'?" for 'prot', "" for a word similar to none."""
    like = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean '{like[0]}'?" if like else ""


def _complaint(exc: ValidationError, adapter: TypeAdapter[Any]) -> WrongValueError:
    """The error to report first: a misspelt key is both unknown and missing."""
    errors = exc.errors(include_url=False)
    error = min(errors, key=lambda e: e["type"] not in _UNKNOWN)
    place: Place = error["loc"]
    name = _name(place)
    if error["type"] == "json_invalid":
        return WrongValueError(place, error["msg"])
    schema = adapter.json_schema()
    if error["type"] in _UNKNOWN:
        known = _node(schema, place[:-1]).get("properties", {})
        return WrongValueError(place, f"unknown key '{name}'" + near_miss(str(place[-1]), known))
    if error["type"] == "missing":
        return WrongValueError(place, f"missing key '{name}'")
    if error["type"] == "value_error":
        said = str(error["ctx"]["error"])
        return WrongValueError(place, f"'{name}' {said}" if place else said)
    node = _node(schema, place)
    given = error["input"]
    allowed = _allowed(node, not error["type"].startswith(("greater_than", "less_than")))
    if not allowed:
        return WrongValueError(place, f"'{name}': {error['msg']}" if place else error["msg"])
    hint = near_miss(given, node.get("enum", ())) if isinstance(given, str) else ""
    subject = f"'{name}'" if place else "it"
    return WrongValueError(place, f"{subject} must be {allowed}, not {_shown(given)}{hint}")


def _name(place: Place) -> str:
    """The place as text, such as signal[0].rest."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in place]
    return "".join(parts).lstrip(".")


def _node(schema: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
    """The part of a JSON schema that describes a place; empty if there is none."""
    node = schema
    for part in (None, *place):
        if isinstance(part, int):
            items = node.get("prefixItems", ())
            node = items[part] if part < len(items) else node.get("items", {})
        elif part is not None:
            node = node.get("properties", {}).get(part, {})
        node = node["anyOf"][0] if "anyOf" in node else node  # or null
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _allowed(node: Mapping[str, Any], with_type: bool) -> str:
    """What a JSON schema allows, in words; "" if it does not say."""
    if "description" in node and node.get("type") != "object":  # an object has its docstring there
        return str(node["description"])
    if "const" in node:
        return json.dumps(node["const"])
    if "enum" in node:
        return "one of " + ", ".join(str(value) for value in node["enum"] if value != "")
    if node.get("type") == "array" and with_type:
        items = node.get("items", {})
        return _LISTS.get("object" if "$ref" in items else items.get("type", ""), "a list")
    words = [_TYPES[node["type"]]] if with_type and node.get("type") in _TYPES else []
    bounds = _bounds(node)
    return " ".join([*words, *bounds]) if words else "".join(bounds).replace("of at", "at")


def _bounds(node: Mapping[str, Any]) -> list[str]:
    if "minimum" in node and "maximum" in node:
        return [f"from {node['minimum']:g} to {node['maximum']:g}"]
    keys = {
        "minimum": "of at least", "exclusiveMinimum": "above",
        "maximum": "of at most", "exclusiveMaximum": "below",
    }  # fmt: skip
    words = [f"{word} {node[key]:g}" for key, word in keys.items() if key in node]
    return [" and ".join(words)] if words else []


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list, tuple)):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
