from datetime import timedelta

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.orders import OrderType
from chatbot.workers.prices import PriceKeeper
from tests.services.house import House


@pytest.fixture
def keeper(house: House) -> PriceKeeper:
    return PriceKeeper(venue=Venue.PAPER, exchange=house.exchange, store=house.storage.tickets)


async def minutes(keeper: PriceKeeper, house: House, *, seconds: float) -> None:
    """Steps for so long, with the rests the keeper asks for."""
    until = house.clock.at + timedelta(seconds=seconds)
    while house.clock.at < until:
        house.clock.at += await keeper.step()


async def test_prices_are_kept_fresh_while_a_market_card_waits(
    house: House, account: Account, keeper: PriceKeeper
) -> None:
    await house.order_card(account, type=OrderType.MARKET)
    house.exchange.calls.clear()
    await minutes(keeper, house, seconds=10)
    assert 2 <= house.exchange.calls.count("order_book") <= 5
    await house.settling.expire()
    house.clock.pass_(60)
    await house.settling.expire()
    house.exchange.calls.clear()
    await minutes(keeper, house, seconds=10)
    assert house.exchange.calls == []


async def test_a_limit_card_carries_its_own_price_and_needs_no_fresh_ones(
    house: House, account: Account, keeper: PriceKeeper
) -> None:
    await house.order_card(account)
    house.exchange.calls.clear()
    await minutes(keeper, house, seconds=10)
    assert house.exchange.calls == []


async def test_another_venues_card_is_another_keepers(house: House, account: Account) -> None:
    elsewhere = PriceKeeper(venue=Venue.ANDX, exchange=house.exchange, store=house.storage.tickets)
    await house.order_card(account, type=OrderType.MARKET)
    house.exchange.calls.clear()
    await minutes(elsewhere, house, seconds=5)
    assert house.exchange.calls == []
