"""An example of any request, made from its declaration, so that a new endpoint needs none written."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

TEXTS = (
    "Words",
    "new@home.example",
    "Europe/Berlin",
    "EUR",
    "2026-05-14",
    "17:30",
    "https://site.example/",
    "video/mp4",
    "0" * 26,
    "0123456789abcdef",
    "123456",
)
BY_NAME = {
    "email": "new@home.example",
    "time_zone": "Europe/Berlin",
    "content_type": "video/mp4",
    "at": "17:30",
    "password": "three calm words",
}


def example(shape: type[msgspec.Struct], ids: dict[str, str]) -> Any:
    """Return the least that a request of a shape may say. Identifiers in it are taken from `ids` by their name."""
    return _value(inspect.type_info(shape), "", ids)


def names_in(shape: type[msgspec.Struct]) -> frozenset[str]:
    """Return the names of the fields that a request of a shape may have, at any depth."""
    return frozenset(_names(inspect.type_info(shape)))


def _names(info: inspect.Type) -> Iterator[str]:
    if isinstance(info, inspect.StructType):
        for field in info.fields:
            yield field.encode_name
            yield from _names(field.type)
    elif isinstance(info, inspect.UnionType):
        for one in info.types:
            yield from _names(one)
    elif isinstance(info, inspect.Metadata):
        yield from _names(info.type)
    elif isinstance(info, inspect.CollectionType | inspect.VarTupleType):
        yield from _names(info.item_type)


def _value(info: inspect.Type, name: str, ids: dict[str, str]) -> Any:  # noqa: C901, PLR0911, PLR0912 - one line a type
    match info:
        case inspect.Metadata():
            return _value(info.type, name, ids)
        case inspect.StructType():
            wanted = [field for field in info.fields if field.required or field.encode_name.endswith(("_id", "_ids"))]
            tag = {info.tag_field: info.tag} if info.tag_field else {}
            return tag | {field.encode_name: _value(field.type, field.encode_name, ids) for field in wanted}
        case inspect.StrType():
            return _text(info, name, ids)
        case inspect.IntType() | inspect.FloatType():
            least = info.ge if info.ge is not None else info.gt + 1 if info.gt is not None else None
            return max(1, least) if least is not None else 1
        case inspect.BoolType():
            return True
        case inspect.NoneType():
            return None
        case inspect.UnionType():
            if any(isinstance(one, inspect.NoneType) for one in info.types):
                return None
            return _value(info.types[0], name, ids)
        case inspect.EnumType():
            return next(iter(info.cls)).value
        case inspect.LiteralType():
            return info.values[0]
        case inspect.DateType():
            return "2026-05-14"
        case inspect.DateTimeType():
            return "2026-05-14T09:00:00Z"
        case inspect.CollectionType() | inspect.VarTupleType():
            least = max(info.min_length or 0, 1)
            return [_value(info.item_type, name, ids) for _ in range(least)]
        case inspect.DictType():
            return {}
    message = f"An example of {info} needs a line here."
    raise TypeError(message)


def _text(info: inspect.StrType, name: str, ids: dict[str, str]) -> str:
    singular = "lesson_id" if name == "lessons" else re.sub(r"_ids$", "_id", name)
    if singular in ids:
        return ids[singular]
    for text in (BY_NAME.get(name, TEXTS[0]), *TEXTS):
        fits_pattern = info.pattern is None or re.search(info.pattern, text)
        if fits_pattern and (info.min_length or 0) <= len(text) <= (info.max_length or len(text)):
            return text
    message = f"No example fits {name!r} ({info}): give one in TEXTS or BY_NAME."
    raise LookupError(message)
