from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import NotLinked
from chatbot.domain.orders import Balances
from chatbot.services.balances import Holdings
from tests.services.house import ANNA, BORIS, House


def names(held: Holdings) -> tuple[list[str], list[str], list[str]]:
    return (
        [holding.balance.currency for holding in held.large],
        [holding.balance.currency for holding in held.dust],
        list(held.zeros),
    )


async def test_the_valuable_comes_first_dust_and_zeros_apart(house: House) -> None:
    await house.link(ETH="0.0003", BTC="0.5", USDT="100", XRP="7", DOGE="0", ADA="0.00")
    held = await house.balances.holdings(ANNA)
    assert names(held) == (["BTC", "USDT", "XRP"], ["ETH"], ["ADA", "DOGE"])
    assert held.total == Decimal("0.5") * 60_050 + 100 + Decimal("0.0003") * Decimal("2500.5")
    assert [holding.worth for holding in held.large] == [Decimal(30_025), Decimal(100), None]


@pytest.mark.parametrize(("amount", "is_dust"), [("0.999999", True), ("1", False)])
async def test_dust_is_what_is_worth_less_than_one(house: House, amount: str, is_dust: bool) -> None:
    await house.link(USDT=amount)
    assert names(await house.balances.holdings(ANNA))[1] == (["USDT"] if is_dust else [])


async def test_held_money_counts_though_it_is_not_available(house: House, account: Account) -> None:
    await house.tap(await house.order_card(account))
    held = await house.balances.holdings(ANNA)
    (usdt,) = [holding.balance for holding in held.large if holding.balance.currency == "USDT"]
    assert [usdt.total, usdt.available, usdt.held] == [Decimal(10_000), Decimal(5_000), Decimal(5_000)]


async def test_an_account_is_named_by_its_label_and_anything_else_is_a_sub_account(
    house: House, account: Account
) -> None:
    await house.link(USDT="1")
    by_label = await house.balances.holdings(ANNA, named=account.label.upper())
    assert (by_label.account.id, by_label.account_name) == (account.id, "Main")
    seen: list[str] = []
    read = house.exchange.balances

    async def balances(credentials: object, *, account_name: str, priority: object) -> Balances:
        seen.append(account_name)
        return await read(credentials, account_name=account_name, priority=priority)  # type: ignore[arg-type]

    house.exchange.balances = balances  # type: ignore[method-assign]
    sub = await house.balances.holdings(ANNA, named="Savings")
    assert (sub.account.label, sub.account_name, seen) == ("paper-2", "Savings", ["Savings"])


async def test_a_refresh_shows_the_same_account_whatever_is_active(house: House, account: Account) -> None:
    await house.link(USDT="1")
    assert (await house.balances.holdings_of(ANNA, account.id)).account == account
    with pytest.raises(NotLinked):
        await house.balances.holdings_of(BORIS, account.id)
