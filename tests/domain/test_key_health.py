from datetime import timedelta
from itertools import pairwise

from chatbot.domain.ids import AccountId
from chatbot.domain.key_health import PAUSES, KeyTrouble, after_rejection
from tests.fakes.clock import START

ACCOUNT = AccountId(3)
MINUTE = timedelta(minutes=1)


def test_the_first_rejection_is_told_at_once() -> None:
    trouble = after_rejection(ACCOUNT, None, now=START)
    assert trouble == KeyTrouble(account=ACCOUNT, rejected_since=START, told=1, tell_again_at=START + PAUSES[0])


def test_it_is_told_again_after_each_pause_and_weekly_in_the_end() -> None:
    """A rejection a minute for eight weeks."""
    trouble, now, told = None, START, []
    while now < START + timedelta(weeks=8):
        news = after_rejection(ACCOUNT, trouble, now=now)
        if news is not None:
            trouble = news
            told.append(now - START)
        now += MINUTE
    gaps = [later - earlier for earlier, later in pairwise(told)]
    assert gaps[: len(PAUSES)] == list(PAUSES)
    assert set(gaps[len(PAUSES) :]) == {timedelta(days=7)}
    assert trouble is not None and trouble.rejected_since == START
