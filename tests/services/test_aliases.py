from datetime import timedelta

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import InputError
from chatbot.services.aliases import MOST_ALIASES, AddedAlias
from tests.services.house import ANNA, BORIS, CHAT, House


async def add(house: House, text: str) -> AddedAlias:
    said = await house.aliases.say(text, person=ANNA)
    return said if isinstance(said, AddedAlias) else await house.aliases.add(said, person=ANNA, chat=CHAT)


async def test_an_alias_is_added_to_the_active_account_with_its_hold(house: House, account: Account) -> None:
    done = await add(house, "eth  Cold Store ")
    assert (done.account, done.is_new) == (account, True)
    assert (done.alias.currency, done.alias.name) == ("ETH", "Cold Store")
    assert done.alias.held_until == house.clock.at + timedelta(hours=24)
    assert not (await add(house, "ETH Cold Store")).is_new


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "currency and the alias"),
        ("ETH", "currency and the alias"),
        ("QQQ savings", "does not list"),
        ("ЕTH savings", "looks like ETH"),
        ("ETH sav\u200bings", "cannot be seen"),
    ],
)
async def test_what_cannot_be_an_alias_is_told(house: House, account: Account, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        await add(house, text)
    assert (await house.aliases.of(ANNA)).aliases == ()


async def test_a_currency_without_a_market_can_have_an_alias_if_the_account_holds_it(
    house: House, account: Account
) -> None:
    await house.link(ODD="5")
    assert (await add(house, "odd savings")).alias.currency == "ODD"


async def test_the_list_is_of_all_accounts_and_nobody_elses(house: House, account: Account) -> None:
    await add(house, "ETH one")
    await house.link()
    await add(house, "BTC two")
    await house.link(BORIS)
    assert [alias.name for alias in (await house.aliases.of(ANNA)).aliases] == ["one", "two"]
    assert (await house.aliases.of(BORIS)).aliases == ()


async def test_only_ones_own_can_be_found_and_removed(house: House, account: Account) -> None:
    alias = (await add(house, "ETH one")).alias
    with pytest.raises(InputError):
        await house.aliases.find(alias.id, person=BORIS)
    with pytest.raises(InputError):
        await house.aliases.remove(alias.id, person=BORIS, chat=CHAT)
    assert await house.aliases.find(alias.id, person=ANNA) == alias
    assert await house.aliases.remove(alias.id, person=ANNA, chat=CHAT) == alias
    with pytest.raises(InputError):
        await house.aliases.remove(alias.id, person=ANNA, chat=CHAT)


async def test_there_is_an_end_to_how_many_there_can_be(
    house: House, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_ALIASES == 100
    monkeypatch.setattr("chatbot.services.aliases.MOST_ALIASES", 2)
    await add(house, "ETH one")
    await add(house, "ETH two")
    with pytest.raises(InputError, match="which is the most"):
        await add(house, "ETH three")
