"""Domain values as JSON text and back.

A tagged value is written as `{"tag": "place_order", "value": {…}}`. Decimals are written in plain notation as strings,
moments as RFC 3339. Fields that a stored value does not have yet take their defaults; fields it has in addition
are ignored, so that old and new programs can read each other's values.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

import msgspec
import orjson

from chatbot.domain.money import to_text
from chatbot.domain.secrets import Secret

T = TypeVar("T")

Raw = bytes | str | msgspec.Raw
"""JSON text as it comes."""


class _Envelope(msgspec.Struct):
    tag: str
    value: msgspec.Raw


def _write_decimal(value: Any) -> str:
    if isinstance(value, Decimal):
        return to_text(value)
    raise TypeError(f"{type(value).__name__} cannot be stored")


def _reveal(value: Any) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise NotImplementedError(f"{type(value).__name__} cannot be stored")


def _conceal(kind: type, value: Any) -> Secret:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise NotImplementedError(f"{kind.__name__} cannot be read")


_envelopes = msgspec.json.Decoder(_Envelope)


class Codec(Protocol[T]):
    """Writes values of one class as what JSON knows, and reads them."""

    def to_plain(self, value: T) -> Any: ...

    def decode(self, data: Raw) -> T: ...


class ValueCodec(Generic[T]):
    """Writes and reads values of one class.

    Only a codec `with_secrets` writes `Secret`s, in clear: what it returns must be sealed before it is stored.
    """

    def __init__(self, kind: type[T], *, with_secrets: bool = False) -> None:
        self._enc_hook = _reveal if with_secrets else None
        self._decoder = msgspec.json.Decoder(kind, dec_hook=_conceal if with_secrets else None)

    def to_plain(self, value: T) -> Any:
        return msgspec.to_builtins(value, builtin_types=(Decimal,), enc_hook=self._enc_hook)

    def encode(self, value: T) -> bytes:
        return orjson.dumps(self.to_plain(value), default=_write_decimal)

    def decode(self, data: Raw) -> T:
        return self._decoder.decode(data)


class TaggedCodec(Generic[T]):
    """Writes and reads values of the classes of a registry, told apart by their tags.

    A class that a `ValueCodec` cannot read has a codec of its `own`.
    """

    def __init__(
        self, kinds: Mapping[str, type[T]], *, with_secrets: bool = False, own: Mapping[str, Codec[Any]] | None = None
    ) -> None:
        own = own or {}
        self._codecs: dict[str, Codec[Any]] = {
            tag: own[tag] if tag in own else ValueCodec(kind, with_secrets=with_secrets) for tag, kind in kinds.items()
        }
        self._tags = {kind: tag for tag, kind in kinds.items()}

    def encode(self, value: T) -> bytes:
        tag = self._tags[type(value)]
        return orjson.dumps({"tag": tag, "value": self._codecs[tag].to_plain(value)}, default=_write_decimal)

    def decode(self, data: Raw) -> T:
        envelope = _envelopes.decode(data)
        value: T = self._codecs[envelope.tag].decode(envelope.value)
        return value
