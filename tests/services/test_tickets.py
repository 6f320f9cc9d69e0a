import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Never

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.accounts import Account
from chatbot.domain.errors import (
    AccountOwnerDifferent,
    AmbiguousNumber,
    Cause,
    ChatbotError,
    FactorLocked,
    FactorMissing,
    InputError,
    InsufficientBalance,
    KeyRejected,
    NoSession,
    NoSwapKey,
    NotAllowed,
    NotDrawn,
    NotLinked,
    NotPermitted,
    NotSent,
    Obstacle,
    OrderNotFound,
    OutcomeUnknown,
    PriceMoved,
    Refused,
    RightsUnknown,
    SessionExpired,
    Stopped,
    SwapNotFound,
    TicketError,
    TicketProblem,
    Unavailable,
    UnknownCoin,
    UnknownMarket,
    WithdrawAddressNotFound,
    WrongCode,
)
from chatbot.domain.ids import ChatId, MessageId, TicketId
from chatbot.domain.money import round_down
from chatbot.domain.orders import NewOrder, OrderStatus, OrderType, Side
from chatbot.domain.tickets import (
    Lost,
    Moved,
    Outcome,
    PriceRefused,
    RefusedBy,
    Ticket,
    TicketState,
    Unsent,
    Unsigned,
)
from chatbot.services.execution.orders import new_order
from chatbot.services.execution.outcomes import classify
from chatbot.services.tickets import FIRST_LOOK
from tests.fakes.clock import START
from tests.fakes.exchange import FakeExchange, every_error
from tests.fakes.values import BTC, book, levels
from tests.services.house import ANNA, BORIS, CARD, CHAT, House, placed
from tests.storage.examples import BUY, BUY_TERMS
from tests.storage.examples import ticket as example

MARKET = OrderType.MARKET


# ---- claiming


async def test_of_a_hundred_taps_at_once_one_sends(house: House, account: Account) -> None:
    ticket = await house.order_card(account)
    taps = await asyncio.gather(*(house.tap(ticket) for _ in range(100)), return_exceptions=True)
    sent = [tap for tap in taps if isinstance(tap, Ticket)]
    kept_out = [tap.problem for tap in taps if isinstance(tap, TicketError)]
    assert len(sent) == 1 and kept_out == [TicketProblem.ALREADY_TAKEN] * 99
    assert [order.client_id for order in house.exchange.sent] == [ticket.client_id]


async def test_a_tap_after_a_restart_sends_and_only_once(house: House, account: Account) -> None:
    ticket = await house.order_card(account)
    assert (await house.restarted().tap(ticket)).state is TicketState.DONE
    with pytest.raises(TicketError):
        await house.restarted().tap(ticket)
    assert house.exchange.changes == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"person": BORIS}, TicketProblem.NOT_YOURS),
        ({"chat": ChatId(-5)}, TicketProblem.UNKNOWN),
        ({"message": MessageId(501)}, TicketProblem.UNKNOWN),
        ({"ticket": TicketId("forged")}, TicketProblem.UNKNOWN),
    ],
)
async def test_a_tap_that_is_not_the_owners_on_the_card_changes_nothing(
    house: House, account: Account, change: dict[str, object], problem: TicketProblem
) -> None:
    ticket = await house.order_card(account)
    tap = {"ticket": ticket.id, "person": ANNA, "chat": CHAT, "message": CARD, **change}
    with pytest.raises(TicketError) as caught:
        await house.tickets.claim(**tap)  # type: ignore[arg-type]
    assert caught.value.problem is problem
    assert (await house.read(ticket)).state is TicketState.PENDING


async def test_a_card_can_be_confirmed_for_a_minute(house: House, account: Account) -> None:
    in_time, too_late = await house.order_card(account), await house.order_card(account)
    house.clock.pass_(59.999)
    assert (await house.tap(in_time)).state is TicketState.DONE
    house.clock.pass_(0.001)
    for _ in range(2):
        with pytest.raises(TicketError) as caught:
            await house.tap(too_late)
        assert caught.value.problem is TicketProblem.EXPIRED
        await house.settling.expire()
    assert (await house.read(too_late)).state is TicketState.EXPIRED
    assert house.exchange.changes == 1


async def test_a_declined_card_cannot_be_confirmed_nor_declined_again(house: House, account: Account) -> None:
    ticket = await house.order_card(account)
    declined = await house.tickets.decline(ticket.id, person=ANNA, chat=CHAT)
    assert declined.state is TicketState.DECLINED and house.cards.repainted == [ticket.id]
    with pytest.raises(TicketError) as caught:
        await house.tap(ticket)
    assert caught.value.problem is TicketProblem.DECLINED
    with pytest.raises(TicketError):
        await house.tickets.decline(ticket.id, person=ANNA, chat=CHAT)
    assert house.exchange.changes == 0


async def test_a_sent_card_cannot_be_declined(house: House, account: Account) -> None:
    ticket = await house.order_card(account)
    await house.tap(ticket)
    with pytest.raises(TicketError) as caught:
        await house.tickets.decline(ticket.id, person=ANNA, chat=CHAT)
    assert caught.value.problem is TicketProblem.ALREADY_TAKEN


async def test_tickets_are_read_by_their_owner_only(house: House, account: Account) -> None:
    ticket = await house.order_card(account)
    assert await house.tickets.get(ticket.id, person=ANNA) is not None
    assert await house.tickets.get(ticket.id, person=BORIS) is None
    with pytest.raises(TicketError):
        await house.tickets.look_now(ticket.id, person=BORIS)


# ---- price and balance at the tap


@pytest.mark.parametrize(
    ("side", "there", "sends"),
    [
        (Side.BUY, [("60100", "1")], True),
        (Side.BUY, [("60701", "1")], True),
        (Side.BUY, [("60701.01", "1")], False),
        (Side.BUY, [("60100", "0.001"), ("90000", "1")], False),  # the best price alone proves nothing
        (Side.BUY, [("60100", "0.001")], False),
        (Side.BUY, [("30000", "1")], True),
        (Side.BUY, [("-5", "1")], False),
        (Side.SELL, [("60000", "1")], True),
        (Side.SELL, [("59400", "1")], True),
        (Side.SELL, [("59399.99", "1")], False),
        (Side.SELL, [("60000", "0.001"), ("100", "1")], False),
        (Side.SELL, [("90000", "1")], True),
    ],
)
async def test_a_market_order_is_sent_unless_the_price_became_worse_than_tolerated(
    house: House, account: Account, side: Side, there: list[tuple[str, str]], sends: bool
) -> None:
    card = await house.order_card(account, type=MARKET, side=side)
    house.exchange.books[BTC.code] = book(bids=levels(*there), asks=levels(*there))
    done = await house.tap(card)
    assert house.exchange.changes == sends
    if not sends:
        assert (done.state, done.outcome, done.next_look_at) == (TicketState.REFUSED, Moved(), None)


async def test_a_market_order_without_a_book_is_not_sent(house: House, account: Account) -> None:
    card = await house.order_card(account, type=MARKET)
    del house.exchange.books[BTC.code]
    assert (await house.tap(card)).outcome == Moved()
    assert house.exchange.changes == 0


async def test_a_limit_order_carries_its_own_price_and_is_sent_without_reading_anything(
    house: House, account: Account
) -> None:
    card = await house.order_card(account)
    house.exchange.calls.clear()
    await house.tap(card)
    assert house.exchange.calls == ["place_order"]


async def test_the_balance_is_read_again_only_after_another_claim(house: House, account: Account) -> None:
    first, second = await house.order_card(account), await house.order_card(account)
    house.exchange.calls.clear()
    await house.tap(first)
    assert "balances" not in house.exchange.calls
    await house.tap(second)
    assert house.exchange.calls.count("balances") == 1
    third = await house.order_card(account, volume=Decimal("0.001"))
    house.clock.pass_(1)
    house.exchange.calls.clear()
    await house.tap(third)
    assert house.exchange.calls.count("balances") == 1  # claimed in the same instant as the card was made
    house.clock.pass_(1)
    fourth = await house.order_card(account, volume=Decimal("0.001"))
    house.exchange.calls.clear()
    await house.tap(fourth)
    assert "balances" not in house.exchange.calls


@pytest.mark.parametrize("restart", [False, True])
async def test_a_balance_spent_by_another_card_moves_this_one(house: House, account: Account, restart: bool) -> None:
    first, second = await house.order_card(account), await house.order_card(account, volume=Decimal("0.15"))
    house.clock.pass_(1)
    await house.tap(first)
    house = house.restarted() if restart else house
    house.clock.pass_(1)
    assert (await house.tap(second)).outcome == Moved()
    assert house.exchange.changes == 1


async def test_another_accounts_claim_is_no_reason_to_read(house: House, account: Account) -> None:
    other = await house.link()
    mine, others = await house.order_card(account), await house.order_card(other)
    await house.tap(others)
    house.exchange.calls.clear()
    await house.tap(mine)
    assert house.exchange.calls == ["place_order"]


# ---- what came back


PLACING: list[tuple[Exception, TicketState, Outcome]] = [
    (NotSent(Cause.FAULT), TicketState.REFUSED, Unsent(cause=Cause.FAULT)),
    (Unavailable(Cause.BUDGET), TicketState.REFUSED, Unsent(cause=Cause.BUDGET)),
    (
        KeyRejected(status=403, reason="ip"),
        TicketState.REFUSED,
        RefusedBy(code=403, reason="ip", key_rejected=True),
    ),
    (Refused(code=1300, reason="closed"), TicketState.REFUSED, RefusedBy(code=1300, reason="closed")),
    (InsufficientBalance(code=1103, reason="x"), TicketState.REFUSED, RefusedBy(code=1103, reason="x")),
    (AccountOwnerDifferent(code=1101, reason="x"), TicketState.REFUSED, RefusedBy(code=1101, reason="x")),
    (OrderNotFound(code=1201, reason="x"), TicketState.REFUSED, RefusedBy(code=1201, reason="x")),
    (WithdrawAddressNotFound(code=1319, reason="x"), TicketState.REFUSED, RefusedBy(code=1319, reason="x")),
    (SwapNotFound(code=404, reason="x"), TicketState.REFUSED, RefusedBy(code=404, reason="x")),
    (NotPermitted(code=403, reason="x"), TicketState.REFUSED, RefusedBy(code=403, reason="x")),
    (PriceMoved(code=1210, reason="x"), TicketState.REFUSED, PriceRefused()),
    (
        SessionExpired(),
        TicketState.REFUSED,
        Unsigned(ended=True),
    ),
    (NoSession(), TicketState.REFUSED, Unsigned(ended=False)),
    (NotLinked(), TicketState.REFUSED, RefusedBy(code=None, reason="the account is no longer linked")),
    *((OutcomeUnknown(cause), TicketState.UNCERTAIN, Lost(cause=cause)) for cause in Cause),
    (RuntimeError("a bug"), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (TimeoutError(), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (NotAllowed(), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (InputError("odd"), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (AmbiguousNumber(typed="1,500", meanings=("1500", "1.500")), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (UnknownMarket(symbol="X", nearest=()), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (UnknownCoin(typed="X", nearest=()), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (NoSwapKey(practice=False), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (TicketError(TicketProblem.UNKNOWN), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (Stopped(Obstacle.LOCKED), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (FactorMissing(), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (FactorLocked(START), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (WrongCode(left=1), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (RightsUnknown(), TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN)),
    (NotDrawn(), TicketState.REFUSED, Unsent(cause=Cause.FAULT)),
]


@pytest.mark.parametrize(("error", "state", "outcome"), PLACING, ids=lambda value: type(value).__name__)
async def test_every_error_of_sending_has_its_meaning(
    house: House, account: Account, error: Exception, state: TicketState, outcome: Outcome
) -> None:
    card = await house.order_card(account)
    house.exchange.fail("place_order", error)
    done = await house.tap(card)
    assert (done.state, done.outcome) == (state, outcome)
    assert (done.closed_at is None) == (state is TicketState.UNCERTAIN)
    assert (done.next_look_at is None) == (state is TicketState.REFUSED)
    assert house.cards.repainted.count(card.id) == 2
    assert len(house.exchange.sent) == 1


async def test_a_fault_before_sending_is_no_reason_to_search(
    house: House, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(account: object) -> Never:
        raise RuntimeError("a damaged seal")

    card = await house.order_card(account)
    monkeypatch.setattr(house.storage.accounts, "credentials", broken)
    done = await house.tap(card)
    assert (done.state, done.outcome) == (TicketState.REFUSED, Unsent(cause=Cause.FAULT))
    assert house.exchange.sent == []


def test_no_error_of_the_tree_is_forgotten() -> None:
    tested = {type(error) for error, _, _ in PLACING}
    abstract = {kind for kind in every_error() if kind.__subclasses__() and kind not in tested}
    untested = {kind for kind in every_error() if kind.__module__ == ChatbotError.__module__} - tested - abstract
    assert untested == set()


@given(st.sampled_from(every_error()))
def test_only_a_sure_no_refuses(kind: type[ChatbotError]) -> None:
    """Whatever else an error is, its ticket is uncertain: looking costs nothing, forgetting an order does."""
    error = kind.__new__(kind)
    for name, value in (("cause", Cause.TIMEOUT), ("status", 401), ("reason", ""), ("code", 1)):
        setattr(error, name, value)
    sure = (Unavailable, KeyRejected, Refused, NotLinked, NoSession, SessionExpired)
    assert classify(error)[0] is (TicketState.REFUSED if issubclass(kind, sure) else TicketState.UNCERTAIN)


@pytest.mark.parametrize("call", ["order_book", "balances"])
async def test_a_read_that_fails_before_sending_sends_nothing(house: House, account: Account, call: str) -> None:
    other, card = await house.order_card(account), await house.order_card(account, type=MARKET)
    await house.tap(other)
    house.exchange.fail(call, Unavailable(Cause.TIMEOUT))
    done = await house.tap(card)
    assert (done.state, done.outcome) == (TicketState.REFUSED, Unsent(cause=Cause.TIMEOUT))
    assert house.exchange.changes == 1


async def test_a_placed_order_is_looked_at_soon(house: House, account: Account) -> None:
    done = await house.tap(await house.order_card(account))
    assert done.state is TicketState.DONE and done.closed_at == house.clock.at
    assert done.next_look_at == house.clock.at + FIRST_LOOK
    assert house.at_exchange(placed(done)).status is OrderStatus.NEW


async def test_an_unlinked_account_sends_nothing(house: House, account: Account) -> None:
    card = await house.order_card(account)
    await house.accounts.unlink(ANNA, account.id)
    assert (await house.tap(card)).state is TicketState.REFUSED
    assert house.exchange.changes == 0


async def test_a_ticket_signs_with_its_own_accounts_key(house: House, account: Account) -> None:
    card = await house.order_card(account)
    await house.link()  # becomes the active one
    done = await house.tap(card)
    first = house.exchange.holders["key-1"]
    assert placed(done) in first.orders


# ---- exactly what the card shows is what is sent


amounts = st.decimals(min_value="0.00000001", max_value=10**6, places=8)


@given(
    amounts,
    amounts,
    st.sampled_from(Side),
    st.sampled_from(OrderType),
    st.booleans(),
    st.sampled_from(["Main", "Second account"]),
)
def test_what_is_sent_is_what_the_ticket_says(  # noqa: PLR0917 - drawn by position
    volume: Decimal, price: Decimal, side: Side, kind: OrderType, post: bool, name: str
) -> None:
    at = None if kind is MARKET else price
    intent = replace(BUY, side=side, type=kind, volume=volume, price=at, post_only=post, account_name=name)
    terms = replace(BUY_TERMS, expected_price=price, total=volume * price)
    ticket = example(intent=intent, terms=terms)
    sent = new_order(ticket, intent, terms)
    total = round_down(terms.total, decimals=2) if kind is MARKET else None
    assert sent == NewOrder(
        market=intent.market,
        side=side,
        type=kind,
        volume=volume,
        price=at,
        post_only=post,
        client_id=ticket.client_id,
        account_name=name,
        total=total,
    )


async def test_the_stored_ticket_and_not_the_callers_copy_is_sent(house: House, account: Account) -> None:
    card = await house.order_card(account, volume=Decimal("0.12345678"), price=Decimal("49999.99"))
    await house.restarted().tap(card)
    (sent,) = house.exchange.sent
    assert (sent.volume, sent.price, sent.client_id) == (Decimal("0.12345678"), Decimal("49999.99"), card.client_id)


# ---- after the end of a process


async def test_what_was_claimed_at_the_end_is_uncertain_at_the_start_and_never_sent_again(
    house: House, account: Account
) -> None:
    card = await house.order_card(account)
    await house.tickets.claim(card.id, person=ANNA, chat=CHAT, message=CARD)
    house = house.restarted()
    await house.settling.recover()
    found = await house.read(card)
    assert (found.state, found.outcome) == (TicketState.UNCERTAIN, Lost(cause=Cause.SHUTDOWN))
    assert found.next_look_at == house.clock.at and house.cards.repainted == [card.id]
    assert [ticket.id for ticket in await house.tickets.unsettled_of(ANNA)] == [card.id]
    with pytest.raises(TicketError):
        await house.tap(card)
    assert house.exchange.changes == 0


async def test_an_execution_that_is_cut_off_stays_claimed_for_the_next_start(
    house: House, account: Account, exchange: FakeExchange
) -> None:
    exchange.fail("place_order", asyncio.CancelledError(), applied=True)  # type: ignore[arg-type]
    card = await house.order_card(account)
    with pytest.raises(asyncio.CancelledError):
        await house.tap(card)
    assert (await house.read(card)).state is TicketState.CLAIMED
