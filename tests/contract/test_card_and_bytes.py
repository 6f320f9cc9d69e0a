"""What a card shows is what the exchange gets, to the last digit."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import ClientId
from chatbot.domain.intents import Withdraw, WithdrawTerms
from chatbot.domain.money import Amount
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.exchange.andx.words import MarketBuyVolume, new_order_body, withdrawal_body
from chatbot.services.execution.executor import Tools
from chatbot.services.execution.orders import new_order
from chatbot.services.execution.withdrawals import WithdrawalExecutor
from handlers.views.tickets import card
from tests.fakes.clock import START, FakeClock
from tests.fakes.exchange import USUAL_ALIASES, FakeExchange, permitted
from tests.storage.examples import BUY, BUY_TERMS
from tests.storage.examples import ticket as example

amounts = st.decimals(min_value="0.00000001", max_value=10**9, places=8)
prices = st.decimals(min_value="0.01", max_value=10**9, places=2)


def shown(text: str, name: str) -> str:
    """The value of a row of the card, without its unit and grouping."""
    (row,) = [row for row in text.split("\n") if row.startswith(name)]
    return row.removeprefix(name).split()[0].replace(",", "")


@given(amounts, prices, st.sampled_from(Side), st.booleans(), st.integers(1, 2**31 - 1))
def test_a_limit_order_is_sent_as_its_card_shows_it(
    volume: Decimal, price: Decimal, side: Side, post_only: bool, client_id: int
) -> None:
    intent = replace(BUY, side=side, volume=volume, price=price, post_only=post_only)
    terms = replace(BUY_TERMS, expected_price=price, total=volume * price)
    ticket = example(
        intent=intent,
        terms=terms,
        client_id=ClientId(client_id),
        venue=Venue.ANDX,
        expires_at=START + timedelta(minutes=1),
    )
    body = new_order_body(new_order(ticket, intent, terms), market_buy_volume=MarketBuyVolume.BASE)
    sent = msgspec.json.decode(msgspec.json.encode(body))
    text = card(ticket, now=START).text.plain
    assert Decimal(sent["volume"]) == Decimal(shown(text, "Volume")) == volume
    assert Decimal(sent["price"]) == Decimal(shown(text, "Price")) == price
    assert text.startswith("Buy" if sent["buy_sell"] == "B" else "Sell")
    assert sent["post_only"] is ("post-only" in shown(text, "Type") or "post-only" in text) is post_only
    assert (sent["order_type"], sent["market_code"], sent["client_id"]) == ("limit", "BTCUSDT", client_id)
    assert "e" not in sent["volume"].lower() and "e" not in sent["price"].lower()


@given(amounts, prices, st.sampled_from(Side))
def test_a_market_order_is_sent_with_its_volume_and_no_price(volume: Decimal, price: Decimal, side: Side) -> None:
    intent = replace(BUY, side=side, volume=volume, type=OrderType.MARKET, price=None)
    terms = replace(BUY_TERMS, expected_price=price, total=volume * price)
    ticket = example(intent=intent, terms=terms)
    order = new_order(ticket, intent, terms)
    text = card(ticket, now=START).text.plain
    for counted in MarketBuyVolume:
        sent = new_order_body(order, market_buy_volume=counted)
        assert (sent.order_type, sent.price) == ("market", "0")
        if side is Side.BUY and counted is not MarketBuyVolume.BASE:
            assert terms.total - Decimal("0.01") < Decimal(sent.volume) <= terms.total
        else:
            assert Decimal(sent.volume) == Decimal(shown(text, "Volume")) == volume


def sent_for(ticket: Ticket) -> dict[str, str]:
    """The body of the withdrawal that a ticket's executor asks for, as it is on the wire."""
    exchange = FakeExchange(FakeClock())
    account = exchange.open_account(funds={"XRP": "1E+10"})
    nobody: Any = None
    tools = Tools(
        store=nobody,
        instants={},
        accounts=nobody,
        sessions=nobody,
        exchanges={ticket.venue: exchange},
        swap_services={},
        swap_book=nobody,
        changes=nobody,
        claims=nobody,
        follow_ups=nobody,
        tickets=nobody,
        clock=nobody,
    )
    asyncio.run(WithdrawalExecutor(tools).send(ticket, account, permitted))
    (asked,) = exchange.withdrawals
    body = withdrawal_body(currency=asked.currency, amount=asked.amount, alias=asked.alias)
    sent: dict[str, str] = msgspec.json.decode(msgspec.json.encode(body))
    return sent


@given(amounts, st.sampled_from(USUAL_ALIASES))
def test_a_withdrawal_is_sent_as_both_its_steps_show_it(amount: Decimal, alias: str) -> None:
    waiting = example(
        intent=Withdraw(account=BUY.account, currency="XRP", amount=amount, alias=alias),
        terms=WithdrawTerms(
            before=Amount(Decimal("1E+10"), "XRP"),
            after=Amount(Decimal("1E+10") - amount, "XRP"),
            uses=0,
            hold=timedelta(hours=24),
            held_until=None,
            value=None,
            left=Amount(Decimal("1E+10"), "XRP"),
        ),
        number="4821",
    )
    sent = sent_for(waiting)
    for state in (TicketState.PENDING, TicketState.CONTINUED):
        text = card(replace(waiting, state=state), now=START).text.plain
        assert Decimal(sent["amount"]) == Decimal(shown(text, "Amount")) == amount
        assert sent["alias"] == shown(text, "To  ") == alias  # the table's, not “To confirm, …”
        assert f" {sent['currency_code']}\n" in text
    assert "e" not in sent["amount"].lower()
