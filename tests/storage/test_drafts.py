from decimal import Decimal

import msgspec
import pytest

from chatbot.domain.drafts import CodeDraft, SetUpDraft
from chatbot.domain.ids import AccountId, PersonId, TicketId
from chatbot.domain.limits import LimitKind
from chatbot.domain.protected import (
    PROTECTED,
    AddAlias,
    CloseUncertain,
    ConfirmSwap,
    ConfirmWithdrawal,
    Forget,
    Invite,
    Protected,
    RaiseLimit,
    RemovePerson,
    RenewRecoveryCodes,
    RequireFactor,
    Resume,
    TurnOffFactor,
    Unlink,
    Unlock,
)
from chatbot.storage.drafts import DRAFT_CODEC

ACTIONS: tuple[Protected, ...] = (
    ConfirmWithdrawal(ticket=TicketId("t")),
    CloseUncertain(ticket=TicketId("t"), was_sent=False),
    RaiseLimit(account=AccountId(3), kind=LimitKind.ORDER, value=Decimal("0.00000010"), currency=""),
    AddAlias(account=AccountId(3), currency="XRP", name="savings"),
    Unlock(),
    Resume(),
    Unlink(account=AccountId(3)),
    TurnOffFactor(),
    RenewRecoveryCodes(),
    RequireFactor(required=True),
    Invite(),
    RemovePerson(person=PersonId(7_000_000_001)),
    Forget(),
    ConfirmSwap(ticket=TicketId("t")),
)


def test_every_protected_action_is_tried_here() -> None:
    assert {type(action) for action in ACTIONS} == set(PROTECTED.values())


@pytest.mark.parametrize("number", [None, "4821"])
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: str(action.tag))
def test_a_draft_comes_back_with_its_action(action: Protected, number: str | None) -> None:
    draft = CodeDraft(action=action, number=number, wrong=2)
    assert DRAFT_CODEC.decode(DRAFT_CODEC.encode(draft)) == draft


def test_a_number_keeps_every_digit() -> None:
    draft = CodeDraft(action=ACTIONS[2], number=None)
    assert b'"0.0000001' in DRAFT_CODEC.encode(draft)
    back = DRAFT_CODEC.decode(DRAFT_CODEC.encode(draft))
    assert isinstance(back, CodeDraft) and isinstance(back.action, RaiseLimit)
    assert back.action.value == Decimal("0.00000010")


def test_a_set_up_holds_nothing() -> None:
    assert DRAFT_CODEC.decode(DRAFT_CODEC.encode(SetUpDraft())) == SetUpDraft()


def test_an_action_nobody_knows_is_refused() -> None:
    stored = b'{"tag":"code","value":{"action":{"tag":"rob","value":{}},"number":null,"wrong":0}}'
    with pytest.raises((KeyError, msgspec.DecodeError)):
        DRAFT_CODEC.decode(stored)
