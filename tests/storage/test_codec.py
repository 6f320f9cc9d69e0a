from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.drafts import DRAFTS
from chatbot.domain.intents import INTENTS, TERMS, PlaceOrder
from chatbot.domain.money import to_text
from chatbot.domain.notices import NOTICES
from chatbot.domain.orders import Order
from chatbot.domain.secrets import Secret
from chatbot.domain.tickets import OUTCOMES
from chatbot.storage.codec import TaggedCodec, ValueCodec
from chatbot.storage.drafts import DRAFT_CODEC
from tests.storage.examples import BUY

OPEN_REGISTRIES: list[dict[str, Any]] = [INTENTS, TERMS, OUTCOMES, NOTICES]
"""All but the drafts', which may hold secrets."""

TAGGED = [(registry, kind) for registry in [*OPEN_REGISTRIES, DRAFTS] for kind in registry.values()]

decimals = st.decimals(min_value=-(10**18), max_value=10**18) | st.decimals(min_value=0, max_value=1, places=28)

# What `from_type` makes of the fields of our values: numbers a database holds, moments that are aware.
st.register_type_strategy(int, st.integers(min_value=-(2**63), max_value=2**63 - 1))
st.register_type_strategy(Decimal, decimals)
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(Secret, st.builds(Secret, st.text(max_size=20)))


@pytest.mark.parametrize(("registry", "kind"), TAGGED, ids=lambda part: getattr(part, "tag", ""))
@settings(max_examples=15, derandomize=True, deadline=None)
@given(data=st.data())
def test_every_tagged_value_comes_back_as_it_was(registry: dict[str, Any], kind: type, data: st.DataObject) -> None:
    value = data.draw(st.from_type(kind))
    codec: TaggedCodec[Any] = DRAFT_CODEC if registry is DRAFTS else TaggedCodec(registry)
    assert codec.decode(codec.encode(value)) == value


@settings(max_examples=30, derandomize=True, deadline=None)
@given(order=st.from_type(Order))
def test_order_snapshot_comes_back_as_it_was(order: Order) -> None:
    codec = ValueCodec(Order)
    assert codec.decode(codec.encode(order)) == order


@settings(max_examples=50, derandomize=True, deadline=None)
@given(volume=decimals)
def test_decimals_are_written_in_plain_notation_to_the_last_digit(volume: Decimal) -> None:
    codec = TaggedCodec(INTENTS)
    written = codec.encode(replace(BUY, volume=volume))
    assert f'"volume":"{to_text(volume)}"'.encode() in written
    read = codec.decode(written)
    assert isinstance(read, PlaceOrder)
    assert str(read.volume) == str(Decimal(to_text(volume)))


@pytest.mark.parametrize("registry", [*OPEN_REGISTRIES, DRAFTS])
def test_registry_names_each_class_by_its_own_tag(registry: dict[str, Any]) -> None:
    assert {tag: kind.tag for tag, kind in registry.items()} == {tag: tag for tag in registry}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    tag: ClassVar[str] = "told"
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _ToldLater:
    tag: ClassVar[str] = "told"
    to: str
    loudly: bool = False


def test_value_stored_before_a_field_was_added_takes_its_default() -> None:
    assert TaggedCodec({"told": _ToldLater}).decode(
        TaggedCodec({"told": _Told}).encode(_Told(to="anna"))
    ) == _ToldLater(to="anna")


def test_field_of_a_newer_program_is_ignored() -> None:
    newer = TaggedCodec({"told": _ToldLater}).encode(_ToldLater(to="anna", loudly=True))
    assert TaggedCodec({"told": _Told}).decode(newer) == _Told(to="anna")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Careless:
    tag: ClassVar[str] = "careless"
    password: Secret


def test_codec_without_secrets_refuses_to_write_one() -> None:
    with pytest.raises((NotImplementedError, TypeError)) as caught:
        TaggedCodec({"careless": _Careless}).encode(_Careless(password=Secret("canary")))
    assert "canary" not in str(caught.value)


def test_unreadable_secret_is_not_quoted_in_the_error() -> None:
    codec = TaggedCodec({"careless": _Careless}, with_secrets=True)
    with pytest.raises(Exception, match=r"cannot be read|xpected") as caught:
        codec.decode(b'{"tag":"careless","value":{"password":["canary"]}}')
    assert "canary" not in str(caught.value)
