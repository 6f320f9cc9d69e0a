"""What a quote may be, what it counts for, and when a card gets itself another one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.conversions import Quote
from chatbot.domain.converting import QuoteUnfit
from chatbot.domain.errors import Obstacle, Stopped
from chatbot.domain.intents import MiddleSource
from chatbot.domain.routes import read_route
from chatbot.domain.secrets import Session
from chatbot.domain.tickets import Ticket
from chatbot.ports.exchange import Priority
from tests.fakes.values import BTC, book, ticker
from tests.services.converting import card, of, said
from tests.services.house import ANNA, CHAT, House


def lie(house: House, **changes: object) -> None:
    """Have every further quote say something else than what was asked for."""
    honest = house.instant.quote

    async def lying(*args: Any, **named: Any) -> Quote:
        return replace(await honest(*args, **named), **changes)  # type: ignore[arg-type]

    house.instant.quote = lying  # type: ignore[method-assign]


def hold(house: House, **totals: int) -> None:
    (holder,) = house.exchange.holders.values()
    holder.totals |= {currency: Decimal(total) for currency, total in totals.items()}


async def pending(house: House) -> Ticket:
    (ticket,) = await house.storage.tickets.pending()
    return ticket


@pytest.mark.parametrize(
    "changes", [{"sell_text": "0.90000000", "buy_text": "54000.00"}, {"sell_text": "0.0100"}, {"buy_text": "6.00"}]
)
async def test_a_new_quote_for_anything_else_leaves_the_card_as_it_is(
    house: House, session: Session, changes: dict[str, str]
) -> None:
    shown = await card(house)
    lie(house, **changes)
    assert not await house.renewals.renew(shown)
    assert await pending(house) == shown


async def test_a_renewed_card_counts_for_what_it_is_worth_now_of_what_is_left_now(
    house: House, session: Session
) -> None:
    first, other = await card(house), await card(house, "0.001 BTC to USDT")
    spent = of(await house.tap(other))[1].value
    house.exchange.tickers_now[BTC.code] = ticker(bid="61000", ask="61200", last="61100", average=Decimal(61_000))
    house.clock.pass_(10)
    assert await house.renewals.renew(first)
    terms = of(await pending(house))[1]
    assert spent is not None and terms.left.value == of(first)[1].left.value - spent
    assert terms.value == Decimal("612")


async def test_a_new_quote_beyond_a_limit_is_not_put_on_the_card(house: House, session: Session) -> None:
    shown = await card(house)
    await house.limits.say("order 500", person=ANNA, chat=CHAT)
    assert not await house.renewals.renew(shown)
    assert await pending(house) == shown


async def test_a_card_that_was_not_sent_yet_or_has_expired_gets_no_new_quote(house: House, session: Session) -> None:
    unsent = await said(house, "0.01 BTC to USDT")
    assert isinstance(unsent, Ticket) and not await house.renewals.renew(unsent)
    shown = await card(house)
    house.clock.pass_(60)
    assert not await house.renewals.renew(shown)
    assert await house.read(shown) == shown


async def test_a_new_quote_is_a_change_to_be_painted_and_comes_three_times_at_most(
    house: House, session: Session
) -> None:
    ticket = await card(house)
    for revision in (2, 3, 4):
        assert await house.renewals.renew(ticket)
        ticket = await pending(house)
        assert ticket.revision == revision
    assert not await house.renewals.renew(ticket)


async def test_of_a_coin_without_a_book_a_quote_that_is_not_its_own_price_is_no_card(
    house: House, session: Session
) -> None:
    hold(house, DOGE=100_000)
    lie(house, buy_text="0.01")
    with pytest.raises(QuoteUnfit) as refused:
        await said(house, "2400 DOGE to USDT")
    assert "2,400 DOGE for 0.01 USDT is not its price of 0.125" in refused.value.sentence
    assert await house.storage.tickets.pending() == ()


@pytest.mark.parametrize(("price", "value"), [(58_500, "601.00"), (61_000, "610.00")])
async def test_it_counts_for_the_side_that_is_worth_the_most(
    house: House, session: Session, price: int, value: str
) -> None:
    house.instant.prices["BTC"] = Decimal(price)
    assert of(await card(house))[1].value == Decimal(value)


async def test_of_a_coin_without_a_book_the_limits_hold_by_the_quotes_price(house: House, session: Session) -> None:
    hold(house, DOGE=100_000)
    await house.limits.say("order 50", person=ANNA, chat=CHAT)
    with pytest.raises(Stopped) as stopped:
        await said(house, "2400 DOGE to USDT")
    assert stopped.value.obstacle is Obstacle.ORDER_TOO_LARGE


async def test_of_what_a_few_quotes_give_the_nearest_to_what_is_wanted_is_shown(house: House, session: Session) -> None:
    prices = [Decimal(price) for price in (59_900, 59_890, 59_000, 58_000)]
    honest = house.instant.quote

    async def falling(*args: Any, **named: Any) -> Quote:
        house.instant.prices["BTC"] = prices.pop(0)
        return await honest(*args, **named)

    house.instant.quote = falling  # type: ignore[method-assign]
    intent, terms = of(await card(house, "BTC to get 100 USDT"))
    assert (intent.price_text, intent.buy_text) == ("59890.00000000", "99.98")
    assert terms.wanted == 100 and prices == []


async def test_the_tickers_are_asked_for_only_where_the_book_does_not_tell(house: House, account: Account) -> None:
    async def middle() -> tuple[MiddleSource | None, list[str]]:
        house.clock.pass_(60)
        house.exchange.calls.clear()
        found = await house.quoting.middle(BTC, venue=Venue.PAPER, priority=Priority.PERSON)
        return None if found is None else found.source, house.exchange.calls

    assert await middle() == (MiddleSource.BOOK, ["order_book"])
    house.exchange.books[BTC.code] = replace(book(), asks=())
    assert await middle() == (MiddleSource.TICKER, ["order_book", "tickers"])


async def test_a_comparison_trusts_no_other_quote_than_a_card(house: House, session: Session) -> None:
    lie(house, buy_text="900.00")
    found = (await house.routes.compare(read_route("0.01 BTC to USDT"), person=ANNA, chat=CHAT)).comparison
    assert QuoteUnfit in [type(way.why) for way in found.without]


async def test_a_quote_is_shown_as_old_as_it_is(house: House, session: Session) -> None:
    lie(house, at=house.clock.now() - timedelta(seconds=7))
    assert house.clock.now() - of(await card(house))[1].quoted_at == timedelta(seconds=7)
