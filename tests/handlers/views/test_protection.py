from datetime import UTC, datetime

import pytest

from chatbot.domain.drafts import CodeDraft, Dialogue
from chatbot.domain.errors import FactorLocked, FactorMissing, WrongCode
from chatbot.domain.ids import AccountId, ChatId, DialogueId, PersonId
from chatbot.domain.protected import Forget, Protected, Unlink
from chatbot.services.protection import Challenge
from handlers.actions import DropDialogue
from handlers.views import protection as views
from handlers.views.errors import describe
from handlers.views.screen import Press
from tests.handlers.views.examples import NOW

DIALOGUE = DialogueId("d" * 22)


def challenge(action: Protected, *, number: str | None) -> Challenge:
    draft = CodeDraft(action=action, number=number)
    dialogue = Dialogue(id=DIALOGUE, person=PersonId(7), chat=ChatId(7), message=None, draft=draft, expires_at=NOW)
    return Challenge(dialogue=dialogue, action=action, number=number)


def test_with_a_factor_the_apps_code_is_asked_for() -> None:
    screen = views.question(challenge(Unlink(account=AccountId(1)), number=None))
    first, ask, deleted = screen.text.plain.splitlines()
    assert first == "Unlink this account?" and "six digits" in ask and "recovery" in ask and "deleted" in deleted
    assert screen.rows == ((Press("Cancel", DropDialogue(dialogue=DIALOGUE)),),)


def test_without_one_the_number_to_type_is_shown() -> None:
    screen = views.question(challenge(Forget(), number="4821"))
    assert screen.text.plain.splitlines()[:2] == ["Erase everything of yours?", "Send this number: 4821"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (WrongCode(left=2), "That is not right. 2 tries left."),
        (WrongCode(left=1), "That is not right. 1 try left."),
        (WrongCode(left=0), "Wrong again: the question is closed."),
        (FactorMissing(), "/2fa turns it on"),
        (FactorLocked(datetime(2026, 11, 21, 9, 5, tzinfo=UTC)), "until 21 Nov 09:05 UTC"),
    ],
)
def test_every_refusal_has_its_sentence(error: Exception, said: str) -> None:
    screen = describe(error)
    assert screen is not None and said in screen.text.plain
