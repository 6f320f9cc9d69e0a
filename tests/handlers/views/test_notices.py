from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.ids import AccountId, LimitChangeId, PersonId
from chatbot.domain.limits import LimitChange, LimitKind
from chatbot.domain.notices import Alarm, AlarmKind, KeyWorks, Loss, PlaceLost, Undelivered
from handlers.views import alerts, notices
from tests.handlers.views.alert_examples import a_hit, an_alert
from tests.handlers.views.examples import NOW

LATER = NOW + timedelta(hours=24)


@pytest.mark.parametrize("kind", AlarmKind)
def test_every_alarm_says_what_happened_when_and_what_to_do(kind: AlarmKind) -> None:
    said = notices.alarm(Alarm(kind=kind, at=NOW, account="andx-1"), now=NOW).text.plain.splitlines()
    assert said[0].startswith("🔔 ") and said[0].endswith(".")
    assert any(command in said[1] for command in ("/lock", "/panic", "/link"))
    assert said[-1] == "andx-1 · 12:00 UTC, just now"


def test_every_alarm_has_words_of_its_own() -> None:
    said = {notices.alarm(Alarm(kind=kind, at=NOW), now=NOW).text.plain for kind in AlarmKind}
    assert len(said) == len(AlarmKind)


def test_an_alarm_says_what_it_is_about_and_when_it_takes_effect() -> None:
    notice = Alarm(kind=AlarmKind.LIMIT_RAISE, at=NOW, account="andx-1", subject="XRP to <b>savings", due=LATER)
    said = notices.alarm(notice, now=NOW)
    assert "XRP to &lt;b&gt;savings" in str(said.text)
    assert "It holds from 21 Nov 12:00 UTC." in said.text.plain


def test_a_key_that_works_again_is_said_in_a_line() -> None:
    said = notices.key_works(KeyWorks(account="andx-1", at=NOW), now=NOW).text.plain
    assert said == "The key of andx-1 works again.\nandx-1 · 12:00 UTC, just now"


def test_a_raised_limit_is_told_with_its_value_when_it_holds() -> None:
    change = LimitChange(
        id=LimitChangeId(1),
        account=AccountId(1),
        kind=LimitKind.ORDER,
        currency="",
        value=Decimal(5_000),
        asked_at=NOW - timedelta(days=1),
        effective_at=NOW,
        by=PersonId(7),
    )
    said = notices.limit_holds(change, "andx-1", now=NOW).text.plain
    assert "largest order: 5,000 USDT" in said and "/limits" in said and "/panic" in said


def test_a_hit_told_in_private_because_its_group_is_lost_says_where_it_belongs() -> None:
    lost = a_hit(1, meant_for="Alerts in <Traders>")
    one = alerts.fired((an_alert(1), lost), now=NOW, private=True, keys=True).text.plain
    assert "I could not tell it in Alerts in <Traders>." in one
    hits = [(an_alert(1), lost), (an_alert(2), a_hit(2))]
    both = alerts.fired_together(hits, now=NOW, private=True, keys=True).text.plain
    assert [line.endswith("for Alerts in <Traders>") for line in both.splitlines()[1:3]] == [True, False]


def test_what_was_given_up_is_named_with_its_place() -> None:
    given_up = Undelivered(place="<Traders>", fired=a_hit(1), at=NOW)
    said = notices.undelivered([(given_up, an_alert(1)), (replace(given_up, fired=None), None)], now=NOW).text.plain
    first, hit, digest, *_ = said.splitlines()
    assert first == "2 messages could not be delivered."
    assert hit.startswith("BTC/USDT above 80,000, at ") and hit.endswith(" · for <Traders>")
    assert digest == "The daily digest · for <Traders>"


def test_whose_hits_of_a_lost_place_are_told_in_private_reads_so() -> None:
    lost = PlaceLost(why=Loss.TOPIC_CLOSED, title="Traders", topic="Alerts", waiting=1, alerts=2, at=NOW)
    assert notices.places_lost([lost], now=NOW).text.plain.splitlines()[1:4] == [
        "What you set up there waits. Once the topic is open again, it goes on.",
        "1 message was not delivered.",
        "2 alerts had fired there: I tell them to you here.",
    ]
