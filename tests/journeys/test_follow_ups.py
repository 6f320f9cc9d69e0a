"""What happens on the exchange's own site is told in the chat, also when nobody was there to see it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from typing import TypeVar

import pytest

from tests.harness import Persona, Stack, eventually

T = TypeVar("T")


@pytest.fixture
def dora(leaping: Stack) -> Persona:
    return leaping.person("Dora", linked=True)


def _is_followed(stack: Stack, number: int) -> bool:
    return _count(stack, "SELECT count(*) FROM followed_orders WHERE number = ?", number) == 1


def _is_balance_known(stack: Stack, persona: Persona) -> bool:
    mine = "SELECT id FROM accounts WHERE person = ?"
    return _count(stack, f"SELECT count(*) FROM followed_balances WHERE account IN ({mine})", persona.id) > 0


def _count(stack: Stack, query: str, value: int) -> int:
    with closing(sqlite3.connect(stack.folder / "chatbot.db")) as database:
        return int(database.execute(query, (value,)).fetchone()[0])


def _leap_until(stack: Stack, look: Callable[[], T], *, step: float) -> T:
    """Let time go by until something is so."""

    def found() -> T:
        there = look()
        if not there:
            stack.leap(step)
        return there

    return eventually(found, pause=0.1)


def _told(stack: Stack, wanted: str, persona: Persona, *, step: float) -> str:
    """What the bot says of its own accord, sooner or later."""

    def told() -> list[str]:
        return [message.text for message in persona.replies() if wanted in message.text]

    return _leap_until(stack, told, step=step)[0]


def test_an_order_from_the_site_that_fills_while_the_bot_is_down_is_told_once(leaping: Stack, dora: Persona) -> None:
    bid = leaping.exchange.ticker("ETHUSDT")["bid"]
    number = leaping.exchange.place_on_site(
        dora, "ETHUSDT", "B", "0.5", price=(bid * Decimal("0.9")).quantize(Decimal("0.01"))
    )
    _leap_until(leaping, lambda: _is_followed(leaping, number), step=6)
    leaping.bot.kill()
    leaping.leap(720)
    leaping.exchange.price("ETHUSDT", bid * Decimal("0.8"))
    leaping.bot.start()
    back = _told(leaping, "Back after", dora, step=5)
    assert back.startswith("Back after 12 min") and "1 fill meanwhile" in back
    told = _told(leaping, f"#{number}", dora, step=5)
    assert told.startswith(f"Order #{number} is filled.") and "Buy 0.5 ETH" in told and "while I was away" in told
    leaping.leap(60)
    dora.ask("/orders")
    said = [message.text for message in dora.replies()]
    assert sum(f"Order #{number}" in text for text in said) == sum("Back after" in text for text in said) == 1


def test_a_deposit_is_told_with_the_new_total(leaping: Stack, dora: Persona) -> None:
    _leap_until(leaping, lambda: _is_balance_known(leaping, dora), step=6)
    leaping.exchange.deposit(dora, "BTC", "0.5")
    told = _told(leaping, "no order explains it", dora, step=120)
    assert told.startswith("+0.5 BTC: no order explains it – a deposit?") and "New total 1.5 BTC." in told
