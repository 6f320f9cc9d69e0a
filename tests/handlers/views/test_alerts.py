"""Alerts as they read."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_drafts import AlertChoice, AlertDraft, AlertKind, AlertQuestion, AlertRequest
from chatbot.domain.alerts import AlertStatus, Crossing, Gauge, Position, Rule
from chatbot.domain.ids import MarketCode
from chatbot.domain.notices import AlertFired
from chatbot.services.alert_readings import Quoted
from chatbot.services.alert_results import AlertAsked, AlertSet
from handlers.views import alert_cards as cards
from handlers.views import alerts as views
from handlers.views.alert_words import lasting, watched
from handlers.views.screen import Copy, Screen
from tests.fakes.values import BTC, ticker
from tests.handlers.views.alert_examples import ABOVE, FALL, FIVE_UP, GROUP, a_hit, an_alert, listed, seen
from tests.handlers.views.examples import NOW
from tests.prove.hostile_values import dialogue

MOVE = Rule(gauge=Gauge.PRICE, crossing=Crossing.DOWN, level=Decimal(57_000), move=Decimal(-5), anchor=Decimal(60_000))
SPREAD = Rule(gauge=Gauge.SPREAD, crossing=Crossing.UP, level=Decimal("0.5"))
VOLUME = Rule(gauge=Gauge.VOLUME, crossing=Crossing.UP, level=Decimal(100))


ENDED = an_alert(status=AlertStatus.ENDED)
CHRISTMAS = NOW.replace(month=12, day=25, hour=18)


def labels(screen: Screen) -> list[str]:
    return [key.label for row in screen.rows for key in row]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (ABOVE, "above 80,000"),
        (replace(ABOVE, crossing=Crossing.EITHER), "crossing 80,000"),
        (replace(ABOVE, crossing=Crossing.DOWN, level=Decimal("0.00000602")), "below 0.00000602"),
        (MOVE, "-5% from 60,000"),
        (replace(MOVE, move=Decimal("2.5")), "+2.5% from 60,000"),
        (FALL, "-3% within 1\u00a0h"),
        (SPREAD, "spread above 0.5%"),
        (VOLUME, "24 h volume above 100 BTC"),
    ],
)
def test_rules_are_said_as_they_were_written(rule: Rule, words: str) -> None:
    assert watched(an_alert(rule=rule)) == words


@pytest.mark.parametrize(
    ("minutes", "words"), [(90, "90\u00a0min"), (120, "2\u00a0h"), (1_440, "1\u00a0d"), (10_080, "1\u00a0w")]
)
def test_lengths_are_said_exactly(minutes: int, words: str) -> None:
    assert lasting(timedelta(minutes=minutes)) == words


def test_what_was_understood_is_echoed_with_the_distance_from_now() -> None:
    screen = cards.was_set(AlertSet(seen=seen(), used=3, allowance=50, is_new=True), now=NOW, title=None)
    first, last = screen.text.plain.splitlines()
    assert first == "✅ BTC/USDT above 80,000, now 76,519.57, 4.55% away · once"
    assert last == "3 of 50 alerts"
    assert labels(screen) == ["Edit", "Pause", "Snooze 1 h", "Delete", "All alerts"]


@pytest.mark.parametrize(
    ("move", "decimals", "target"),
    [(5, 2, "80,345.55"), (-5, 2, "80,345.54"), (5, 0, "80,346"), (5, 8, "80,345.549"), (5, None, "80,345.549")],
)
def test_where_a_move_ends_is_written_as_a_price_that_reaches_it(move: int, decimals: int | None, target: str) -> None:
    found = seen(an_alert(rule=replace(FIVE_UP, move=Decimal(move))), decimals=decimals)
    assert f"That is at {target}." in cards.card(found, now=NOW, title=None).text.plain


def test_play_money_and_other_chats_are_marked() -> None:
    alert = an_alert(venue=Venue.PAPER)
    screen = cards.was_set(AlertSet(seen=seen(alert), used=3, allowance=50, is_new=True), now=NOW, title="<b>Traders")
    assert screen.text.plain.splitlines()[-1] == "3 of 50 alerts · for <b>Traders · PAPER"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"position": Position.ABOVE}, "It is above now; I tell you when it was below and crosses again."),
        ({"position": Position.BETWEEN}, "It is right there now; I tell you when it was away and crosses again."),
        ({"status": AlertStatus.PAUSED}, "Paused: nothing is told until you resume it."),
        (
            {"status": AlertStatus.RESTING, "rests_until": NOW + timedelta(hours=1)},
            "Rests until 13:00 UTC.",
        ),
        ({"status": AlertStatus.RESTING, "rests_until": NOW}, "It begins with the next price."),
        (
            {"status": AlertStatus.ENDED, "fired_at": NOW - timedelta(minutes=2)},
            "Ended: it fired 11:58 UTC, 2 min ago.",
        ),
        (
            {"status": AlertStatus.ENDED, "until": NOW - timedelta(minutes=2)},
            "Ended: its time was over at 11:58 UTC.",
        ),
    ],
)
def test_a_card_says_how_its_alert_stands(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in cards.card(seen(an_alert(**changes)), now=NOW, title=None).text.plain.splitlines()


def test_a_note_is_shown_in_quotes_and_makes_no_tags() -> None:
    alert = an_alert(note="<b>sell</b> @all")
    screen = cards.card(seen(alert), now=NOW, title=None)
    assert "“<b>sell</b> @all”" in screen.text.plain and "<b>sell" not in str(screen.text)


def test_what_is_deleted_can_be_set_again_by_a_copy() -> None:
    alert = an_alert(rule=FALL, cooldown=timedelta(hours=2), note="buy?")
    copies = [key for row in cards.deleted(alert, title=None).rows for key in row if isinstance(key, Copy)]
    assert [key.text for key in copies] == ["/alert BTC/USDT -3% 60m every 120m note buy?"]


def test_a_list_is_numbered_below_its_markets() -> None:
    alerts = (
        seen(),
        seen(an_alert(2, rule=SPREAD, cooldown=timedelta(hours=2), until=CHRISTMAS), "0.1"),
        seen(an_alert(3, status=AlertStatus.PAUSED, note="<i>x"), None),
    )
    screen = views.alerts(listed(*alerts), page=1, now=NOW, title=None)
    assert screen.text.plain.splitlines() == [
        "Alerts  3 of 50",
        "",
        "BTC/USDT  76,519.57",
        "1. above 80,000 · 4.55% away",
        "2. spread above 0.5% · now 0.1% · every 2\u00a0h · until 25\u00a0Dec\u00a018:00\u00a0UTC",
        "3. above 80,000 · paused · <i>x",
    ]
    assert labels(screen) == ["1", "2", "3", "↻ Refresh", "✕ BTC/USDT (3)"]


def test_a_long_list_has_pages_and_any_page_asked_for_is_shown() -> None:
    alerts = listed(*(seen(an_alert(number)) for number in range(1, 41)))
    assert "page 3 of 3" in views.alerts(alerts, page=99, now=NOW, title=None).text.plain
    second = views.alerts(alerts, page=2, now=NOW, title=None)
    assert "16" in labels(second) and {"‹ Prev", "Next ›"} <= set(labels(second))


def test_alerts_of_another_topic_say_which() -> None:
    there = listed(seen(an_alert(place=GROUP)), place=GROUP)
    shown = views.alerts(there, page=1, now=NOW, title=None, topics={GROUP: "in <b>Trading"}).text.plain
    assert shown.endswith("4.55% away · in <b>Trading")
    assert views.alerts(there, page=1, now=NOW, title=None).text.plain.endswith("4.55% away")


def test_where_alerts_are_switched_off_that_is_said() -> None:
    silent = replace(listed(seen()), is_silent=True)
    assert "switched off here: /settings" in views.alerts(silent, page=1, now=NOW, title=None).text.plain
    assert "switched off there" in views.alerts(silent, page=1, now=NOW, title="Traders").text.plain
    done = AlertSet(seen=seen(), used=3, allowance=50, is_new=True, is_silent=True)
    assert "none is used up" in cards.was_set(done, now=NOW, title=None).text.plain


def test_what_is_there_already_is_said_with_its_card() -> None:
    done = AlertSet(seen=seen(), used=3, allowance=50, is_new=True, was_there=True)
    screen = cards.was_set(done, now=NOW, title=None)
    assert screen.text.plain.startswith("You have this already.\nBTC/USDT above 80,000, now") and "Edit" in labels(
        screen
    )


def test_of_an_alert_whose_topic_is_gone_nothing_is_armed() -> None:
    screen = cards.card(seen(an_alert(place=GROUP)), now=NOW, title=None, homeless=True)
    assert labels(screen) == ["Move to the general topic", "Delete", "All alerts"]
    assert "topic was deleted" in screen.text.plain


def test_an_empty_list_says_how_to_set_one() -> None:
    assert "/alert BTC > 80000" in views.alerts(listed(), page=1, now=NOW, title=None).text.plain


def test_deleting_several_is_asked_for_once() -> None:
    ended = listed(seen(an_alert(status=AlertStatus.ENDED)), seen(an_alert(2)))
    assert views.ask_clear(ended, None, title=None).text.plain == "Delete 1 alert that ended?"
    assert views.ask_clear(ended, an_alert().market, title=None).text.plain == "Delete 2 alerts of BTC/USDT?"


def test_a_hit_says_what_price_change_note_and_when() -> None:
    screen = views.fired((an_alert(note="sell?"), a_hit()), now=NOW, private=True, keys=True)
    assert screen.text.plain.splitlines() == [
        "🔔 BTC/USDT above 80,000",
        "80,012.5 USDT  ▲\u00a0+2.31% in 24\u00a0h",
        "“sell?”",
        "11:58 UTC",
    ]
    assert labels(screen) == ["✓ Armed", "Snooze 1 h", "Delete", "Buy BTC", "Sell BTC"]


def test_in_groups_nothing_can_be_bought_and_in_channels_nothing_tapped() -> None:
    assert labels(views.fired((ENDED, a_hit()), now=NOW, private=False, keys=True)) == [
        "Re-arm",
        "Snooze 1 h",
        "Delete",
    ]
    assert labels(views.fired((an_alert(), a_hit()), now=NOW, private=False, keys=False)) == []


def test_a_late_hit_says_since_when() -> None:
    late = a_hit(since=NOW - timedelta(hours=1))
    assert (
        "It happened while I was away, since 11:00 UTC; it still holds."
        in views.fired((an_alert(), late), now=NOW, private=True, keys=True).text.plain
    )


def test_a_repeating_alert_says_when_it_can_fire_again() -> None:
    rests = an_alert(status=AlertStatus.RESTING, rests_until=NOW + timedelta(hours=2), cooldown=timedelta(hours=2))
    assert "rests until 14:00 UTC" in views.fired((rests, a_hit()), now=NOW, private=True, keys=True).text.plain


@pytest.mark.parametrize(
    ("rule", "hit", "first"),
    [
        (MOVE, a_hit(value=Decimal(56_970), anchor=Decimal(60_000)), "-5.05% since 60,000 (your -5%)"),
        (MOVE, a_hit(value=Decimal(57_000), anchor=Decimal(60_000)), "-5% since 60,000"),
        (
            replace(MOVE, move=Decimal(1)),
            a_hit(value=Decimal(63_030), anchor=Decimal(60_000)),
            "+5.05% since 60,000 (your +1%)",
        ),
        (FALL, a_hit(value=Decimal("3.2")), "-3.2% within 1\u00a0h (your -3%)"),
        (replace(FALL, gauge=Gauge.RISE), a_hit(value=Decimal(3)), "+3% within 1\u00a0h"),
    ],
)
def test_a_move_is_told_as_it_was_and_not_as_it_was_asked_for(rule: Rule, hit: AlertFired, first: str) -> None:
    screen = views.fired((an_alert(rule=rule), hit), now=NOW, private=True, keys=True)
    told, price, *_ = screen.text.plain.splitlines()
    assert told == f"🔔 BTC/USDT {first}" and price.startswith("80,012.5 USDT") and price.endswith("in 24\u00a0h")


def test_a_spread_is_told_with_the_price() -> None:
    screen = views.fired((an_alert(rule=SPREAD), a_hit(value=Decimal("0.6"))), now=NOW, private=True, keys=True)
    assert "Now 0.6%, at 80,012.5 USDT" in screen.text.plain


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"status": AlertStatus.ENDED}, ["Re-arm", "Snooze 1 h", "Delete"]),
        ({"status": AlertStatus.WATCHING}, ["✓ Armed", "Snooze 1 h", "Delete"]),
        (
            {"status": AlertStatus.RESTING, "rests_until": NOW + timedelta(hours=1)},
            ["Rests until 13:00 UTC", "Watch now", "Delete"],
        ),
        ({"status": AlertStatus.PAUSED}, ["Paused", "Resume", "Delete"]),
    ],
)
def test_the_buttons_of_a_hit_are_those_that_do_something(changes: dict[str, Any], keys: list[str]) -> None:
    rows = views.hit_keys(an_alert(**changes), now=NOW, private=False)
    assert [key.label for row in rows for key in row] == keys


def test_several_hits_are_one_message_with_a_button_each() -> None:
    hits = [(an_alert(), a_hit()), (an_alert(2, rule=MOVE, note="a"), a_hit(2, anchor=Decimal(81_000)))]
    screen = views.fired_together(hits, now=NOW, private=False, keys=True)
    assert screen.text.plain.splitlines()[:3] == [
        "🔔 2 alerts",
        "BTC/USDT above 80,000  80,012.5  ▲\u00a0+2.31% in 24\u00a0h · 11:58 UTC",
        "BTC/USDT -1.22% since 81,000 (your -5%)  80,012.5  ▲\u00a0+2.31% in 24\u00a0h · 11:58 UTC · a",
    ]
    assert labels(screen) == ["BTC/USDT above 80,000", "BTC/USDT -1.22%", "All alerts"]


def test_hits_of_one_market_offer_to_trade_in_private() -> None:
    one, two = (an_alert(), a_hit()), (an_alert(2), a_hit(2))
    other = (an_alert(3, market=MarketCode("ETHUSDT"), base="ETH"), a_hit(3))
    assert "Buy BTC" in labels(views.fired_together([one, two], now=NOW, private=True, keys=True))
    assert "Buy BTC" not in labels(views.fired_together([one, two, other], now=NOW, private=True, keys=True))


@pytest.mark.parametrize(
    ("kind", "asks"),
    [
        (AlertKind.PRICE, "At which level?"),
        (AlertKind.MOVE, "By how many percent?"),
        (AlertKind.SPREAD, "By how many percent?"),
        (AlertKind.VOLUME, "At which volume?"),
    ],
)
def test_a_level_is_asked_for_as_what_it_is(kind: AlertKind, asks: str) -> None:
    draft = AlertDraft(place=GROUP, request=AlertRequest(symbol="BTCUSDT", kind=kind), asking=AlertQuestion.LEVEL)
    assert asks in cards.answered(draft, "<b>5", pair="BTC/USDT").text.plain
    assert (
        asks
        in cards.question(
            AlertAsked(dialogue=dialogue(), draft=draft, venue=Venue.ANDX), private=True, title=None
        ).text.plain
    )


def test_a_question_says_what_is_known_and_in_groups_never_waits_for_a_message() -> None:
    request = AlertRequest(symbol="BTCUSDT", kind=AlertKind.PRICE, crossing=Crossing.UP)
    choice = AlertChoice(label="+1%", request=replace(request, level=Decimal(60_650)), with_level=True)
    draft = AlertDraft(place=GROUP, request=request, asking=AlertQuestion.LEVEL, choices=(choice,))
    quoted = Quoted(market=BTC, ticker=ticker())
    asked = AlertAsked(dialogue=dialogue(), draft=draft, venue=Venue.ANDX, problem="No such level.", quoted=quoted)
    private, public = (cards.question(asked, private=private, title=None) for private in (True, False))
    assert private.text.plain.splitlines() == [
        "Alert · BTC/USDT above …",
        "No such level.",
        "Now 60,050 USDT",
        "At which level? Tap one, or write a number.",
    ]
    assert public.text.plain.endswith("write the whole line, like /alert BTC > 80000.")
    assert labels(private) == ["60,650 (+1%)", "Never mind"]


@pytest.mark.parametrize(
    ("request_", "asking", "said"),
    [
        (AlertRequest(kind=AlertKind.MOVE, level=Decimal(3)), AlertQuestion.WINDOW, "3% within …"),
        (AlertRequest(kind=AlertKind.PRICE, level=Decimal(3)), AlertQuestion.WAY, "… 3"),
    ],
)
def test_what_is_unclear_is_not_said_as_if_it_were_known(
    request_: AlertRequest, asking: AlertQuestion, said: str
) -> None:
    draft = AlertDraft(place=GROUP, request=replace(request_, to_ask=(asking,)), asking=asking)
    assert f"BTC/USDT {said}\n" in cards.answered(draft, "5", pair="BTC/USDT").text.plain
