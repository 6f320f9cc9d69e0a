"""Totals that change without an order: what is told of them, once, and with which withdrawal."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.ids import TicketId
from chatbot.domain.notices import BalanceChange, BalanceMoved
from chatbot.domain.orders import Balances, OrderStatus
from chatbot.services.follow_ups import BALANCES_EVERY
from tests.fakes.clock import settle
from tests.services.following import entries, look, on_the_site
from tests.services.house import CARD, House, placed

HALF = Decimal("0.5")


async def balances(house: House, account: Account, *, after: timedelta = BALANCES_EVERY) -> list[BalanceMoved]:
    await look(house, account, after=after.total_seconds())
    return [notice for notice in await house.told() if isinstance(notice, BalanceMoved)]


async def test_a_deposit_is_told_once_it_stood(house: House, account: Account) -> None:
    await look(house, account)
    totals = house.exchange.holders["key-1"].totals
    totals["BTC"] += HALF
    assert await balances(house, account) == []
    assert await balances(house, account, after=timedelta(minutes=3)) == []
    [told] = await balances(house, account, after=timedelta(minutes=3))
    change = BalanceChange(currency="BTC", by=HALF, total=Decimal("1.5"), worth=HALF * Decimal("60050"), ticket=None)
    assert (told.account, told.changes) == ("paper-1", (change,))
    for _ in range(5):
        assert len(await balances(house, account)) == 1


async def test_a_currency_that_comes_up_counts_from_nothing(house: House, account: Account) -> None:
    await look(house, account)
    house.exchange.holders["key-1"].totals["XYZ"] = Decimal(7)
    await balances(house, account)
    [told] = await balances(house, account)
    [change] = told.changes
    assert (change.currency, change.by, change.worth) == ("XYZ", Decimal(7), None)


async def test_what_an_execution_moved_is_not_called_unexplained(house: House, account: Account) -> None:
    await look(house, account)
    ticket = await house.tap(await house.order_card(account))
    house.exchange.fill(placed(ticket))
    house.exchange.holders["key-1"].totals["BTC"] -= Decimal("0.00015")  # the fee
    for _ in range(4):
        assert await balances(house, account) == []


def trade(house: House, number: int) -> None:
    """Buy 1 BTC for 50,000 on the site, less 0.15 % of it."""
    totals = house.exchange.holders["key-1"].totals
    on_the_site(house, number, executed="1", status=OrderStatus.FILLED)
    totals["BTC"] += Decimal("0.9985")
    totals["USDT"] -= 50_000


async def test_what_comes_or_goes_amid_steady_trading_is_told_once_and_no_fee_is(
    house: House, account: Account
) -> None:
    totals = house.exchange.holders["key-1"].totals
    totals["USDT"] = Decimal(10_000_000)
    await look(house, account)
    for minute in range(1, 46):
        trade(house, minute)
        totals["BTC"] += HALF if minute == 9 else 0
        totals["USDT"] -= 20_000 if minute == 25 else 0
        await look(house, account, after=60)
    told = [entry.notice for entry in await entries(house) if isinstance(entry.notice, BalanceMoved)]
    assert [(change.currency, change.by, change.about) for notice in told for change in notice.changes] == [
        ("BTC", HALF, True),
        ("USDT", Decimal(-20_000), True),
    ]


async def test_balances_in_whose_reading_something_was_executed_are_read_again(
    house: House, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    await look(house, account)
    before, read = await house.storage.follow_ups.balances_of(account.id), house.exchange.balances

    async def then_trade(*given: Any, **more: Any) -> Balances:
        found = await read(*given, **more)
        monkeypatch.undo()
        trade(house, 7)
        return found

    monkeypatch.setattr(house.exchange, "balances", then_trade)
    await look(house, account, after=BALANCES_EVERY.total_seconds())
    after = await house.storage.follow_ups.balances_of(account.id)
    assert before is not None and after is not None
    assert after["BTC"].total == before["BTC"].total and after["BTC"].other is None
    await look(house, account)
    settled = await house.storage.follow_ups.balances_of(account.id)
    assert settled is not None and (settled["BTC"].total, settled["BTC"].other) == (Decimal("1.9985"), None)


async def test_a_withdrawal_that_left_is_told_as_such(house: House, account: Account) -> None:
    await house.know(account)
    await look(house, account)
    ticket = await house.confirm(await house.withdrawal_card())
    await settle()
    assert await balances(house, account) == []  # held, but still there
    house.exchange.process_withdrawals()
    await balances(house, account)
    [told] = await balances(house, account)
    [change] = told.changes
    assert (change.currency, change.by, change.ticket) == ("BTC", Decimal("-0.05"), ticket.id)
    told_under = [entry.reply_to for entry in await entries(house) if isinstance(entry.notice, BalanceMoved)]
    assert told_under == [CARD]


async def left(house: House, account: Account, *drops: str) -> list[tuple[Decimal, TicketId | None]]:
    """What is told of BTC that leaves Anna's account, one amount after the other."""
    for drop in drops:
        house.exchange.holders["key-1"].totals["BTC"] -= Decimal(drop)
        await balances(house, account)
        await balances(house, account)
    told = [entry.notice for entry in await entries(house) if isinstance(entry.notice, BalanceMoved)]
    return [(change.by, change.ticket) for notice in told for change in notice.changes]


async def test_a_withdrawal_is_known_by_its_amount_and_a_fee_and_only_once(house: House, account: Account) -> None:
    await house.know(account)
    await look(house, account)
    ticket = await house.confirm(await house.withdrawal_card())
    await settle()
    told = await left(house, account, "0.0512", "0.0504", "0.05")  # by more than a fee, by a fee, and not ours
    assert told == [(Decimal("-0.0512"), None), (Decimal("-0.0504"), ticket.id), (Decimal("-0.05"), None)]


async def test_which_of_two_withdrawals_cost_a_fee_is_not_guessed(house: House, account: Account) -> None:
    await house.know(account)
    await look(house, account)
    tickets = [
        await house.confirm(await house.withdrawal_card(f"BTC {amount} savings")) for amount in ("0.05", "0.0501")
    ]
    await settle()
    told = await left(house, account, "0.0504", "0.0501", "0.05")
    assert told == [(Decimal("-0.0504"), None), (Decimal("-0.0501"), tickets[1].id), (Decimal("-0.05"), tickets[0].id)]
