from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.aliases import Alias
from chatbot.domain.ids import AccountId, AliasId
from chatbot.services.aliases import AddedAlias, AliasList
from handlers.actions import AskRemoveAlias, RemoveAlias, ShowAliases
from handlers.views import aliases as views
from handlers.views.screen import Press, Screen
from tests.handlers.views.examples import MAIN, NOW
from tests.handlers.views.markup import read

DAY = timedelta(hours=24)
OTHER = replace(MAIN, id=AccountId(2), label="paper-2")


def alias(number: int = 1, **changes: Any) -> Alias:
    values: dict[str, Any] = {
        "id": AliasId(number),
        "account": MAIN.id,
        "currency": "XRP",
        "name": "savings",
        "added_at": NOW,
        "by": MAIN.person,
        "held_until": NOW,
        **changes,
    }
    return Alias(**values)


def listed(*known: Alias, page: int = 1, hold: timedelta = DAY) -> Screen:
    return views.aliases(AliasList(accounts=(MAIN, OTHER), aliases=known, hold=hold), page=page, now=NOW)


def buttons(screen: Screen) -> list[object]:
    return [key.action for row in screen.rows for key in row if isinstance(key, Press)]


def test_aliases_stand_below_their_account_and_currency_with_uses_and_hold() -> None:
    screen = listed(
        alias(1, currency="BTC", uses=2),
        alias(2, name="cold", uses=1),
        alias(3, held_until=NOW + DAY),
        alias(4, account=OTHER.id),
    )
    assert read(str(screen.text)).splitlines() == [
        "Withdrawal aliases",
        "paper-1 · PAPER",
        "BTC",
        "   savings · used 2 times",
        "XRP",
        "   cold · used once",
        "   savings · not used yet · held until 21 Nov 12:00 UTC",
        "paper-2 · PAPER",
        "XRP",
        "   savings · not used yet",
        "",
        "/alias add XRP NAME adds one. Withdrawals to a new one wait 1 d first.",
    ]
    assert [each for each in buttons(screen) if isinstance(each, AskRemoveAlias)] == [
        AskRemoveAlias(alias=AliasId(number)) for number in range(1, 5)
    ]


def test_an_empty_list_says_how_to_add_one() -> None:
    assert read(str(listed(hold=timedelta(0)).text)).splitlines()[1:] == [
        "There are none yet.",
        "/alias add XRP NAME adds one.",
    ]


def test_many_are_shown_page_by_page() -> None:
    known = tuple(alias(number, name="x" * 64, held_until=NOW + DAY) for number in range(1, 101))
    shown = [listed(*known, page=page) for page in range(1, 8)]
    numbers = [each.alias for screen in shown for each in buttons(screen) if isinstance(each, AskRemoveAlias)]
    assert numbers == list(range(1, 101))
    assert "page 7 of 7" in read(str(shown[-1].text))
    assert buttons(listed(*known, page=99)) == buttons(shown[-1])
    assert ShowAliases(page=2) in buttons(shown[0]) and ShowAliases(page=6) in buttons(shown[-1])


def test_added_says_until_when_a_withdrawal_to_it_waits() -> None:
    done = AddedAlias(account=MAIN, alias=alias(held_until=NOW + DAY), is_new=True)
    assert "confirmed before 21 Nov 12:00 UTC waits until then" in read(str(views.added(done, now=NOW).text))
    at_once = replace(done, alias=alias())
    assert "does not have to wait" in read(str(views.added(at_once, now=NOW).text))
    known = replace(done, is_new=False)
    assert read(str(views.added(known, now=NOW).text)).startswith("XRP alias savings was there already.")


def test_removing_is_asked_once_more() -> None:
    screen = views.ask_remove(alias(), hold=DAY)
    assert read(str(screen.text)).startswith("Remove XRP alias savings?") and "wait 1 d again" in str(screen.text)
    assert buttons(screen) == [RemoveAlias(alias=AliasId(1)), ShowAliases(page=1)]
    assert "wait" not in str(views.ask_remove(alias(), hold=timedelta(0)).text)
    assert read(str(views.removed(alias()).text)) == "XRP alias savings is removed here."


@pytest.mark.parametrize("name", ["<b>x</b>", "&amp;", "</code><a href='x'>", "x" * 64, "кошелёк 🐻"])
def test_a_name_is_shown_as_it_is_and_never_as_markup(name: str) -> None:
    known = alias(name=name)
    for screen in (
        listed(known),
        views.added(AddedAlias(account=MAIN, alias=known, is_new=True), now=NOW),
        views.ask_remove(known, hold=DAY),
        views.removed(known),
    ):
        assert name in read(str(screen.text))
