"""Laws of `ports.instant.InstantTrade`: what the services rely on, whoever stands behind the port."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from chatbot.domain.conversions import NewConversion, Quote
from chatbot.domain.errors import (
    AccountOwnerDifferent,
    Cause,
    NotSent,
    OutcomeUnknown,
    PriceMoved,
    SessionExpired,
)
from chatbot.domain.ids import OrderNumber
from chatbot.domain.secrets import Session
from chatbot.domain.trades import TradePage, TradeSpan
from chatbot.ports.exchange import Permit, Priority
from tests.contract.converting import InstantVenue, andx, fake
from tests.fakes.exchange import permitted

PERSON = Priority.PERSON


@pytest.fixture(params=["fake", "andx"])
async def venue(request: pytest.FixtureRequest) -> AsyncIterator[InstantVenue]:
    async with fake() if request.param == "fake" else andx() as venue:
        yield venue


async def quote(
    venue: InstantVenue, sell: str = "BTC", buy: str = "USDT", amount: str = "0.01", session: Session | None = None
) -> Quote:
    return await venue.instant.quote(
        session or venue.session, sell=sell, buy=buy, amount=Decimal(amount), priority=PERSON
    )


async def convert(venue: InstantVenue, quoted: Quote, permit: Permit = permitted) -> OrderNumber:
    new = NewConversion(
        sell=quoted.sell,
        buy=quoted.buy,
        sell_text=quoted.sell_text,
        buy_text=quoted.buy_text,
        price_text=quoted.price_text,
    )
    return await venue.instant.convert(venue.session, new=new, permit=permit)


async def trades(venue: InstantVenue, page: int = 1, *, account: str = "Main") -> TradePage:
    return await venue.instant.trades(
        venue.session, span=TradeSpan.WEEK, page=page, account_name=account, priority=PERSON
    )


@pytest.mark.parametrize(("sell", "buy", "amount"), [("BTC", "USDT", "0.01"), ("USDT", "BTC", "500")])
async def test_a_quote_is_of_what_was_asked_for_in_counter_units_per_base_unit(
    venue: InstantVenue, sell: str, buy: str, amount: str
) -> None:
    quoted = await quote(venue, sell, buy, amount)
    assert (quoted.sell, quoted.buy, quoted.sell_amount) == (sell, buy, Decimal(amount))
    assert Decimal(55_000) < quoted.price < Decimal(65_000)
    assert quoted.least_sell <= quoted.sell_amount <= quoted.most_sell
    ratio = quoted.buy_amount / quoted.sell_amount
    assert abs((ratio if buy == "USDT" else 1 / ratio) / quoted.price - 1) < Decimal("0.001")


async def test_a_quotes_own_texts_convert(venue: InstantVenue) -> None:
    first, second = await convert(venue, await quote(venue)), await convert(venue, await quote(venue))
    assert first != second


async def test_a_moved_price_converts_nothing_and_says_so(venue: InstantVenue) -> None:
    quoted = await quote(venue)
    await venue.move()
    with pytest.raises(PriceMoved):
        await convert(venue, quoted)


async def test_an_ended_session_is_told_by_every_call_and_the_next_one_works(venue: InstantVenue) -> None:
    quoted = await quote(venue)
    await venue.log_out()
    for call in (quote(venue), trades(venue), convert(venue, quoted)):
        with pytest.raises(SessionExpired):
            await call
    fresh = await venue.log_in()
    assert (await quote(venue, session=fresh)).sell == "BTC"
    with pytest.raises(SessionExpired):
        await quote(venue)


async def test_what_lost_its_permit_is_not_sent(venue: InstantVenue) -> None:
    def stopped() -> None:
        raise NotSent(Cause.STOPPED)

    with pytest.raises(NotSent):
        await convert(venue, await quote(venue), stopped)


async def test_a_lost_answer_leaves_the_outcome_open(venue: InstantVenue) -> None:
    quoted = await quote(venue)
    await venue.lose_next_answer()
    with pytest.raises(OutcomeUnknown):
        await convert(venue, quoted)


async def test_pages_hold_every_trade_once_the_newest_first(venue: InstantVenue) -> None:
    await venue.have_traded(45)
    pages = [await trades(venue, page) for page in (1, 2, 3)]
    assert [page.number for page in pages] == [1, 2, 3]
    assert [page.has_next for page in pages] == [True, True, False]
    read = [each for page in pages for each in page.trades]
    assert len({each.number for each in read}) == 45
    assert [each.at for each in read] == sorted((each.at for each in read), reverse=True)
    assert await trades(venue, 4) == TradePage(trades=(), number=4, has_next=False)


async def test_an_unknown_account_name_is_refused(venue: InstantVenue) -> None:
    with pytest.raises(AccountOwnerDifferent):
        await trades(venue, account="Attic")
