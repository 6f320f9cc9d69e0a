"""The rules of the matrix are neither empty nor too wide: where somebody may do something, it does happen."""

import tempfile
from pathlib import Path

import pytest

from chatbot.domain.drafts import CodeDraft
from tests.prove.deeds import Deed, Saying, Tapping
from tests.prove.effects import changes, moved_for, take
from tests.prove.matrix import DEEDS, Case, Scene, prepare, update_of
from tests.prove.records import FactorState, State
from tests.prove.rules import Rule, Who

_BY = {
    Who.ANYBODY: "a stranger",
    Who.HAS_ROWS: "somebody removed",
    Who.LET_IN: "the member who has it",
    Who.HOLDER: "the member who has it",
    Who.OWNER: "the owner",
}
_STATES = (
    State(locked=False, halted=False, factor=FactorState.OFF, required=False),
    State(locked=True, halted=True, factor=FactorState.ON, required=True),
    State(locked=False, halted=False, factor=FactorState.ON, required=False),
)


def rightful(deed: Deed, state: State) -> Case:
    return Case(actor=_BY[deed.rule.who], where="the actor's private chat", deed=deed, state=state)


async def effects(scene: Scene, case: Case, number: int) -> set[str]:
    """The tables that changed, and whether anything was sent."""
    async with scene.as_it_was() as place:
        before = await prepare(case, place, await take(place))
        await place.handle(update_of(case, place, number))
        after = await take(place)
        sent = {"sent"} if moved_for(before, after) else set()
        return {change.table for change in changes(before, after)} | sent


def promises(rule: Rule) -> bool:
    return bool(rule.changes or rule.others or rule.moves_money or rule.stops_money or rule.tells_service)


NOTHING_TO_DO = {
    "DropSession": "a conversion's outcome is being found out with it",
    "EndSetUp": "no factor waits for its first code",
    "LinkPracticeSession": "her account is none of the practice exchange",
    "RefreshTicket": "nothing is due, so no look can come earlier",
    "RemoveAlias": "a withdrawal to it is held",
    "StartExport": "another file is under way",
    "SecondOrder": "no order is the first of two",
    "SetUpDraft": "no factor waits for its first code",
    "ShowSwapPicture": "there is none of a swap without a payout address: it cannot be paid",
    "UseAccount": "it is in use already",
    "MoveAlert": "it is told there already",
    "WatchAlert": "it watches already",
    "/stop": "nothing is asked",
}
"""What comes to nothing with the records as they are, and why."""


def kind_of(deed: Deed) -> str:
    match deed.does:
        case Tapping(action=action):
            return type(action).__name__
        case Saying(words=words):
            return words.partition(" ")[0]
        case _:
            return type(deed.draft.action if isinstance(deed.draft, CodeDraft) else deed.draft).__name__


@pytest.mark.timeout(120)
async def test_every_rule_that_allows_something_sees_it_happen() -> None:
    waiting: dict[str, list[Deed]] = {}
    for deed in DEEDS:
        if promises(deed.rule) and deed.is_right and deed.concerns_its_ticket:
            waiting.setdefault(kind_of(deed), []).append(deed)
    with tempfile.TemporaryDirectory() as folder:
        for at, state in enumerate(_STATES):
            scene = Scene(Path(folder) / str(at), state)
            await scene.make()
            for number, (kind, same) in enumerate(tuple(waiting.items())):
                for deed in same[:4]:
                    if kind in waiting and await effects(scene, rightful(deed, state), number) - {"outbox"}:
                        del waiting[kind]
    assert waiting.keys() == NOTHING_TO_DO.keys()


NOTHING_IN_GROUPS = {
    "ChooseForAlert": "the question is Anna's",
    "DropAlertQuestion": "the question is Anna's",
    "MoveAlert": "it is told there already",
    "WatchAlert": "it watches already",
}


@pytest.mark.timeout(60)
async def test_what_a_groups_admins_may_change_they_do_change_there() -> None:
    waiting: dict[str, list[Deed]] = {}
    for deed in DEEDS:
        if deed.rule.in_group:
            waiting.setdefault(kind_of(deed), []).append(deed)
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(Path(folder) / "scene", _STATES[0])
        await scene.make()
        for number, (kind, same) in enumerate(tuple(waiting.items())):
            for deed in same[-2:]:  # the last ones name something of the group's
                case = Case(actor="the group's admin", where="a group", deed=deed, state=scene.state)
                if kind in waiting and await effects(scene, case, number) & deed.rule.in_group:
                    del waiting[kind]
    assert waiting.keys() == NOTHING_IN_GROUPS.keys()
