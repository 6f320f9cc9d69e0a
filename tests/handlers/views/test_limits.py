from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.drafts import Dialogue, LimitDraft
from chatbot.domain.ids import AccountId, ChatId, DialogueId, LimitChangeId
from chatbot.domain.limits import Counted, LimitChange, LimitKind, Limits, Spend, SpendKind
from chatbot.ports.limits import ChangedLimit
from chatbot.services.limits import LimitAsked, LimitOverview, LimitSet
from handlers.actions import ChangeLimit, KeepLimit, ShowLimits
from handlers.views import limits as views
from handlers.views.screen import Press, Screen
from tests.handlers.views.examples import MAIN, NOW
from tests.handlers.views.markup import read

DAY = timedelta(hours=24)


def change(kind: LimitKind = LimitKind.ORDERS, value: str = "200000", **more: Any) -> LimitChange:
    said: dict[str, Any] = {"currency": "", "asked_at": NOW, "effective_at": NOW + DAY, **more}
    return LimitChange(id=LimitChangeId(7), account=MAIN.id, kind=kind, value=Decimal(value), by=MAIN.person, **said)


def spent(kind: SpendKind, currency: str, amount: str, value: str | None) -> Counted:
    worth = None if value is None else Decimal(value)
    return Counted(spend=Spend(kind=kind, currency=currency, amount=Decimal(amount), value=worth), until=NOW + DAY)


def shown(limits: Limits | None = None, *counted: Counted, waiting: tuple[LimitChange, ...] = ()) -> Screen:
    overview = LimitOverview(account=MAIN, limits=limits or Limits(), counted=counted, waiting=waiting)
    return views.overview(overview, now=NOW)


def done(**facts: Any) -> Screen:
    said: dict[str, Any] = {"change": change(), "before": Decimal(100_000), **facts}
    return views.changed(LimitSet(account=MAIN, changed=ChangedLimit(**said)), now=NOW)


def buttons(screen: Screen) -> list[object]:
    return [key.action for row in screen.rows for key in row if isinstance(key, Press)]


def test_the_card_shows_every_limit_and_a_button_to_change_each() -> None:
    screen = shown()
    assert read(str(screen.text)).splitlines() == [
        "Limits",
        "Largest order: 25,000 USDT",
        "Orders a day: 100,000 USDT",
        "   used 0.00 USDT, left 100,000 USDT",
        "Largest withdrawal: 5,000 USDT",
        "Withdrawals a day: 10,000 USDT, all currencies together",
        "   used 0.00 USDT, left 10,000 USDT",
        "Price distance: 20%",
        "",
        "A day is the last 24 hours. Lowering works at once, raising after 24 h.",
        "paper-1 · PAPER",
    ]
    kinds = [action.kind for action in buttons(screen) if isinstance(action, ChangeLimit)]
    assert kinds == [kind for kind in LimitKind if kind not in (LimitKind.SWAP, LimitKind.SWAPS)]


def test_an_account_that_swaps_shows_its_own_limits_and_the_way_to_the_others() -> None:
    key = replace(MAIN, id=AccountId(2), venue=Venue.PAPER_SWAPS, label="paper-swaps-1")
    counted = (spent(SpendKind.SWAP, "USDT", "500.1", "500.1"),)
    of_key = LimitOverview(account=key, limits=Limits(), counted=counted, waiting=(), other=MAIN)
    screen = views.overview(of_key, now=NOW)
    assert read(str(screen.text)).splitlines() == [
        "Limits",
        "Largest swap: 5,000 USDT",
        "Swaps a day: 10,000 USDT",
        "   used 500.10 USDT, left 9,499.9 USDT",
        "By what you send. A swap that ends unpaid counts no longer.",
        "",
        "A day is the last 24 hours. Lowering works at once, raising after 24 h.",
        "paper-swaps-1 · PAPER",
    ]
    assert buttons(screen) == [
        ChangeLimit(account=key.id, kind=LimitKind.SWAP),
        ChangeLimit(account=key.id, kind=LimitKind.SWAPS),
        ShowLimits(account=MAIN.id),
        ShowLimits(account=key.id),
    ]
    back = views.overview(replace(of_key, account=MAIN, other=key), now=NOW)
    assert ShowLimits(account=key.id) in buttons(back)


def test_what_is_used_and_left_is_shown_for_orders_and_each_currency() -> None:
    text = read(
        str(
            shown(
                Limits(by_currency={"XRP": Decimal(500), "ADA": Decimal(0)}),
                spent(SpendKind.ORDER, "USDT", "600", "600.005"),
                spent(SpendKind.WITHDRAWAL, "XRP", "100.25", None),
                spent(SpendKind.WITHDRAWAL, "BTC", "0.1", "6005"),
            ).text
        )
    )
    assert "used 600.01 USDT, left 99,399.99 USDT" in text
    assert "   XRP: 500 XRP, used 100.25, left 399.75 XRP" in text
    assert "all currencies together\n   used 6,005.00 USDT, left 3,995 USDT" in text
    assert "   BTC: used 0.1\n" in text
    assert "   ADA: none at all, used 0, left 0 ADA" in text


def test_a_raise_that_waits_is_shown_with_its_time_and_can_be_dropped() -> None:
    screen = shown(None, waiting=(change(),))
    assert "⏳ Orders a day: 200,000 USDT from 21 Nov 12:00 UTC on" in read(str(screen.text))
    assert KeepLimit(change=LimitChangeId(7)) in buttons(screen)


def test_a_raise_says_from_when_on_and_what_holds_until_then() -> None:
    screen = done()
    text = read(str(screen.text))
    assert text.startswith("Orders a day: 200,000 USDT from 21 Nov 12:00 UTC on.")
    assert "Until then it stays 100,000 USDT." in text
    assert KeepLimit(change=LimitChangeId(7)) in buttons(screen)


def test_a_lowered_limit_holds_from_now_on_and_drops_what_waited() -> None:
    lowered = change(LimitKind.WITHDRAWAL, "0", effective_at=NOW)
    screen = done(change=lowered, dropped=change(LimitKind.WITHDRAWAL, "9000"))
    text = read(str(screen.text))
    assert text.startswith("Largest withdrawal: none at all from now on.")
    assert "The raise to 9,000 USDT that was waiting is dropped." in text
    assert not any(isinstance(action, KeepLimit) for action in buttons(screen))


def test_a_currencys_own_limit_is_named() -> None:
    text = read(str(done(change=change(LimitKind.WITHDRAWALS, "500", currency="XRP"), before=None).text))
    assert text.startswith("Withdrawals a day of XRP: 500 XRP from") and "the present limit holds" in text
    assert "Withdrawals a day of XRP is not raised" in read(
        str(views.kept(change(LimitKind.WITHDRAWALS, currency="XRP")).text)
    )


@pytest.mark.parametrize("kind", list(LimitKind))
@pytest.mark.parametrize("currency", ["", "XRP"])
def test_every_question_says_what_to_write(kind: LimitKind, currency: str) -> None:
    draft = LimitDraft(account=MAIN.id, kind=kind, currency=currency)
    dialogue = Dialogue(
        id=DialogueId("d"), person=MAIN.person, chat=ChatId(1), message=None, draft=draft, expires_at=NOW
    )
    asked = LimitAsked(dialogue=dialogue, account=MAIN, kind=kind, currency=currency, holds=Decimal("0.1"))
    assert "Now: " in read(str(views.asking(asked).text)) and "Write " in read(str(views.asking(asked).text))
    assert "Now: " not in read(str(views.asking(replace(asked, holds=None)).text))
