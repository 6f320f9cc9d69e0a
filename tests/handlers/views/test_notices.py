from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.ids import AccountId, LimitChangeId, PersonId
from chatbot.domain.limits import LimitChange, LimitKind
from chatbot.domain.notices import Alarm, AlarmKind, KeyWorks
from handlers.views import notices
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
