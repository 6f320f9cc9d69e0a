"""Buttons as types: the payload of a tap is a small frozen value, packed into at most 64 bytes.

    @button("tk")
    class ConfirmTicket:
        ticket: TicketId

    pack(ConfirmTicket(ticket=TicketId("x1")))  # "tk:x1"
    unpack("tk:x1")                             # ConfirmTicket(ticket="x1"); None for what pack would not write

Fields are ids of stored records, small integers, short words, enums and flags, or any of these or None. A payload
comes back from the client and may be forged: unpacking is exact, and what a button means is decided by the record
behind the id, checked against who tapped and where.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, dataclass_transform, get_args, get_origin, get_type_hints

_A = TypeVar("_A")

LONGEST = 64
"""Bytes of callback data Telegram takes: https://core.telegram.org/bots/api#inlinekeyboardbutton"""

_PREFIX = re.compile(r"[a-z0-9]{1,8}")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")
_WORD = re.compile(r"[A-Za-z0-9_./+@-]+")


class _Broken(ValueError):
    """A field's text is not one we would have written."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    write: Callable[[Any], str]
    read: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Layout:
    prefix: str
    type: type
    fields: tuple[_Field, ...]


_by_prefix: dict[str, _Layout] = {}
_by_type: dict[type, _Layout] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def button(prefix: str) -> Callable[[type[_A]], type[_A]]:
    """Make a class a button type: a frozen dataclass with keyword fields, registered under a prefix of its own."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"not a button prefix: {prefix!r}")

    def register(plain: type[_A]) -> type[_A]:
        kind = dataclass(frozen=True, kw_only=True)(plain)
        if prefix in _by_prefix:
            raise ValueError(f"the prefix {prefix!r} belongs to {_by_prefix[prefix].type.__name__}")
        hints = get_type_hints(kind)
        layout = _Layout(prefix, kind, tuple(_field(spec.name, hints[spec.name]) for spec in fields(cast(Any, kind))))
        _by_prefix[prefix] = _by_type[kind] = layout
        return kind

    return register


def is_button(kind: type) -> bool:
    return kind in _by_type


def pack(action: object) -> str:
    """The payload of a button. `TypeError` for what is not a button, `ValueError` for what does not fit."""
    layout = _by_type.get(type(action))
    if layout is None:
        raise TypeError(f"{type(action).__name__} is not a button type")
    data = ":".join([layout.prefix, *(field.write(getattr(action, field.name)) for field in layout.fields)])
    if len(data.encode()) > LONGEST:
        raise ValueError(f"{type(action).__name__} takes more than {LONGEST} bytes")
    return data


def unpack(data: str) -> object | None:
    """The button behind a payload, or None for anything `pack` would not have written. Never raises."""
    prefix, *texts = data.split(":")
    layout = _by_prefix.get(prefix)
    if layout is None or len(texts) != len(layout.fields) or len(data) > LONGEST:
        return None
    try:
        values = {field.name: field.read(text) for field, text in zip(layout.fields, texts, strict=True)}
    except _Broken:
        return None
    return cast(object, layout.type(**values))


def _field(name: str, hint: Any) -> _Field:
    """How a field is written and read, by its annotation. `TypeError` for types a button cannot carry."""
    if get_origin(hint) in (Union, UnionType):
        inner = [arm for arm in get_args(hint) if arm is not NoneType]
        if len(inner) != 1 or len(get_args(hint)) != 2:
            raise TypeError(f"{name}: a button field is of one type, or that or None")
        return _optional(_field(name, inner[0]))
    kind = getattr(hint, "__supertype__", hint)
    if kind is bool:
        return _choices(name, {"1": True, "0": False})
    if kind is int:
        return _Field(name, _write_integer, _read_integer)
    if kind is str:
        return _Field(name, _read_word, _read_word)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _choices(name, {_read_word(str(member.value)): member for member in kind})
    raise TypeError(f"{name}: a button cannot carry {hint!r}")


def _optional(inner: _Field) -> _Field:
    def write(value: object) -> str:
        return "" if value is None else inner.write(value)

    def read(text: str) -> object:
        return None if text == "" else inner.read(text)

    return _Field(inner.name, write, read)


def _choices(name: str, members: dict[str, Any]) -> _Field:
    texts = {value: text for text, value in members.items()}

    def read(text: str) -> object:
        if text not in members:
            raise _Broken(text)
        return members[text]

    return _Field(name, texts.__getitem__, read)


def _write_integer(value: int) -> str:
    text = str(value)
    _read_integer(text)
    return text


def _read_integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise _Broken("not an integer of at most 19 digits")
    return int(text)


def _read_word(text: str) -> str:
    if not _WORD.fullmatch(text):
        raise _Broken("not a word of A-Z a-z 0-9 _ . / + @ -")
    return text
