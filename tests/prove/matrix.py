"""Every combination of who, where, what and under which state, held against the house rules in `rules.py`.

Anna has a record of everything, tickets of every kind in every state among them. In each of the program's states each
actor does everything there is in each chat: says every command, taps every button that names something of Anna's, types
an answer to every question, and gives the right code, and a wrong one, for every protected action. Then every row of
every table is compared, everything that reached the exchange, and everything that was shown.
"""

import asyncio
import copy
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import product
from math import gcd
from pathlib import Path

from chatbot.domain.drafts import DIALOGUE_LIFETIME, CodeDraft, Dialogue, Draft
from chatbot.domain.ids import ChatId, MessageId, PersonId
from chatbot.storage.dialogues import DIALOGUES
from handlers.buttons import pack
from tests.fakes.exchange import FakeExchange, Holder
from tests.fakes.swap_service import FakeSwapService
from tests.fakes.swap_service import Holder as Swapper
from tests.prove.deeds import THE_QUESTION, Answering, Deed, Saying, Tapping, every_deed, undeclared
from tests.prove.effects import WHOSE, Change, Picture, changes, has_written, leaks, log_faults, moved_for, take, unsaid
from tests.prove.place import (
    ADMIN,
    ANNA,
    BORIS,
    CHANNEL,
    GROUP,
    OWNER,
    REMOVED,
    STRANGER,
    PatientClock,
    Place,
    Speaker,
    message,
    opened,
    tap,
)
from tests.prove.proof import Proof, Run
from tests.prove.records import NUMBER, FactorState, Records, State, code_of, furnish
from tests.prove.rules import Who

ACTORS = {
    "the member who has it": Speaker(id=ANNA),
    "the owner": Speaker(id=OWNER),
    "another member": Speaker(id=BORIS),
    "somebody removed": Speaker(id=REMOVED),
    "a stranger": Speaker(id=STRANGER),
    "the group's admin": Speaker(id=ADMIN),
    "a member with forged data": Speaker(id=BORIS, forges=True),
    "an anonymous admin": Speaker(id=1_087_968_824, is_bot=True, voice=GROUP),
    "another bot": Speaker(id=5_555, is_bot=True),
    "a channel's voice": Speaker(id=136_817_688, is_bot=True, voice=CHANNEL),
}
CHATS = ("Anna's private chat", "the actor's private chat", "a group", "a channel")
STATES = tuple(
    State(locked=locked, halted=halted, factor=factor, required=required)
    for locked, halted, factor, required in product((False, True), (False, True), FactorState, (False, True))
)
LET_IN = frozenset({int(ANNA), int(BORIS), int(OWNER)})
WITH_ROWS = LET_IN | {int(REMOVED)}
_A_BLOCK = 200  # cases in one state before the next
_RECORDS = frozenset(WHOSE) - {
    "dialogues",
    "outbox",
    "chats",
    "favourites",
    "notice_modes",
    "preferences",
    "boards",
    "digests",
    "links",
}
"""Tables in which a change makes the place another; it is then made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    actor: str
    where: str
    deed: Deed
    state: State

    @property
    def speaker(self) -> Speaker:
        return ACTORS[self.actor]

    @property
    def chat(self) -> int:
        return {CHATS[0]: int(ANNA), CHATS[1]: self.speaker.id, CHATS[2]: GROUP, CHATS[3]: CHANNEL}[self.where]

    @property
    def is_rightful(self) -> bool:
        """Whether this person may do this here at all."""
        rule, speaker = self.deed.rule, self.speaker
        if speaker.forges and isinstance(self.deed.does, Tapping):
            return False
        if speaker.is_bot or self.chat != speaker.id or not self.deed.is_right:
            return False
        return {
            Who.ANYBODY: True,
            Who.HAS_ROWS: speaker.id in WITH_ROWS,
            Who.LET_IN: speaker.id in LET_IN,
            Who.HOLDER: speaker.id == ANNA,
            Who.OWNER: speaker.id == OWNER,
        }[rule.who]

    def allows(self, change: Change) -> bool:
        rule = self.deed.rule
        if self._may_vouch(change) or self._may_ask(change) or self._may_manage(change):
            return True
        if not self._may_change():
            return False
        own = change.person == self.speaker.id
        return (own and (rule.erases or change.table in rule.changes)) or change.table in rule.others

    def _may_change(self) -> bool:
        if not self.is_rightful or not self.deed.concerns_its_ticket:
            return False
        if self.deed.needs_code and not self._code_works():
            return False
        if self.deed.rule.with_factor and self.state.factor is not FactorState.OFF:
            return False
        return self.state.lets_money_move or not self.deed.rule.with_money

    @property
    def may_send(self) -> bool:
        rule = self.deed.rule
        if rule.stops_money:
            return self.is_rightful
        if rule.tells_service:
            return self._may_change() and not (self.state.locked or self.state.halted)
        return rule.moves_money and self._may_change() and self.state.lets_money_move

    def _code_works(self) -> bool:
        """A right answer counts unless the factor is locked, or one is missing that everybody must have."""
        if self.state.factor is FactorState.OFF:
            return not self.state.required
        return self.state.factor is FactorState.ON

    def _may_ask(self, change: Change) -> bool:
        """A question, and what a wrong answer to it leaves behind, are between the bot and whoever answers."""
        answering = isinstance(self.deed.does, Answering)
        asked = WITH_ROWS if isinstance(self.deed.draft, CodeDraft) else LET_IN
        own = change.person == self.speaker.id == self.chat and self.speaker.id in asked
        closes = {"factors", "outbox", *self.deed.rule.if_refused}
        return own and (change.table == "dialogues" or (answering and change.table in closes))

    def _may_vouch(self, change: Change) -> bool:
        """Somebody with access who speaks in a group stands for it."""
        return change.table == "chats" and self.chat == GROUP and self.speaker.id in LET_IN

    def _may_manage(self, change: Change) -> bool:
        """The admins of a group manage what is told there, and nothing but what is the group's or their own."""
        in_charge = self.speaker.id == ADMIN and self.chat == GROUP
        return in_charge and change.table in self.deed.rule.in_group and change.person in (GROUP, ADMIN)

    def __str__(self) -> str:
        return f"{self.actor} in {self.where}, {self.state}: {self.deed.name}"


class Scene:
    """The furnished place of one state, put back as it was whenever a record of it changed."""

    def __init__(self, folder: Path, state: State) -> None:
        self.folder, self.state = folder, state
        self.clock = PatientClock()
        self.exchange, self.swap_service = FakeExchange(self.clock), FakeSwapService(self.clock)
        self.records: Records
        self._holders: dict[str, Holder] = {}
        self._swappers: dict[str, Swapper] = {}

    async def make(self) -> None:
        self.folder.mkdir()
        self.swap_service.open("a-key")
        async with self._opened(self.folder) as place:
            self.records = await furnish(place, self.state)
        self._holders = copy.deepcopy(self.exchange.holders)
        self._swappers = copy.deepcopy(self.swap_service.holders)

    @asynccontextmanager
    async def as_it_was(self) -> AsyncIterator[Place]:
        self.exchange.holders = copy.deepcopy(self._holders)
        self.swap_service.holders = copy.deepcopy(self._swappers)
        with tempfile.TemporaryDirectory(dir=self.folder) as copied:
            for name in ("bot.db", "master.key"):
                shutil.copy(self.folder / name, copied)
            async with self._opened(Path(copied)) as place:
                yield place

    def _opened(self, folder: Path) -> AbstractAsyncContextManager[Place]:
        return opened(folder, exchange=self.exchange, swap_service=self.swap_service, clock=self.clock)


DEEDS = every_deed()
_IN_A_STATE = len(ACTORS) * len(CHATS) * len(DEEDS)
_BLOCKS = -(-_IN_A_STATE // _A_BLOCK)
_STEP = next(step for step in range(int(_IN_A_STATE * 0.618), _IN_A_STATE) if gcd(step, _IN_A_STATE) == 1)


def case_of(number: int) -> Case:
    """All there are, in the end; those that follow each other are far apart."""
    block, offset = divmod(number, _A_BLOCK)
    at = ((block // len(STATES)) * _A_BLOCK + offset) * _STEP % _IN_A_STATE
    at, deed = divmod(at, len(DEEDS))
    where, actor = divmod(at, len(ACTORS))
    return Case(actor=list(ACTORS)[actor], where=CHATS[where], deed=DEEDS[deed], state=STATES[block % len(STATES)])


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    for each in undeclared():
        run.fail(run.first, f"there is no rule for {each}")
    with tempfile.TemporaryDirectory() as folder:
        scenes: dict[State, Scene] = {}
        for state, numbers in _blocks(run):
            if state not in scenes:
                scenes[state] = Scene(Path(folder) / str(len(scenes)), state)
                await scenes[state].make()
            await _try_all(run, scenes[state], numbers)


def _blocks(run: Run) -> Iterator[tuple[State, list[int]]]:
    """The run's cases, a block of each state in turn."""
    last = run.first + run.count
    at = run.first
    while at < last:
        block, offset = divmod(at, _A_BLOCK)
        size = min(_A_BLOCK - offset, last - at)
        yield STATES[block % len(STATES)], list(range(at, at + size))
        at += size


async def _try_all(run: Run, scene: Scene, numbers: list[int]) -> None:
    left = list(numbers)
    while left:
        async with scene.as_it_was() as place:
            before = await take(place)
            while left:
                number = left.pop(0)
                after = await _try(run, number, place, scene.records, before)
                run.count_done()
                if after is not None and any(change.table in _RECORDS for change in changes(before, after)):
                    break
                before = after or before


async def _try(run: Run, number: int, place: Place, records: Records, before: Picture) -> Picture | None:
    """Let it be done; returns the new picture if anything was written."""
    case = case_of(number)
    place.telegram.seen.clear()
    ready = await prepare(case, place, before)
    update = update_of(case, place, number)
    try:
        await place.handle(update)
    except Exception as error:
        run.fail(number, f"{case} raised {error!r}")
    oversees = case.deed.rule.shows_everybodys and case.is_rightful
    private = {} if oversees else unsaid(records.private, update)
    for fault in leaks(place.telegram.seen, private, let_in=LET_IN):
        run.fail(number, f"{case} showed {fault}")
    if any("Something went wrong" in seen.words for seen in place.telegram.seen):
        run.fail(number, f"{case} broke something")
    if not await has_written(place, ready):
        return ready if ready is not before else None
    after = await take(place)
    for fault in _faults(case, ready, after):
        run.fail(number, f"{case}: {fault}")
    run.remark("rightful, with an effect" if case.is_rightful else "not rightful, noted or asked only")
    return after


def _faults(case: Case, before: Picture, after: Picture) -> Iterator[str]:
    for change in changes(before, after):
        if not case.allows(change):
            yield f"{change.table} of {change.person} changed: {str(change.row)[:160]}"
    if before.rows["audit"] != after.rows["audit"] or before.rows["audit_head"] != after.rows["audit_head"]:
        yield from log_faults(before, after, actor=case.speaker.id, erases=case.deed.rule.erases)
    if after.sent != before.sent and not case.may_send:
        yield f"{after.sent - before.sent} went to the exchange"
    if len(moved_for(before, after)) > 1:
        yield "more than one account changed at the exchange"


async def prepare(case: Case, place: Place, before: Picture) -> Picture:
    """A question is open already to whoever answers, where they answer; no other one is, from an earlier case."""
    draft = case.deed.draft
    if draft is None and not before.rows["dialogues"]:
        return before
    holder = case.speaker.id if isinstance(case.deed.does, Answering) else int(ANNA)
    chat = case.chat if isinstance(case.deed.does, Answering) else int(ANNA)
    if isinstance(draft, CodeDraft) and place.storage.factors.has(PersonId(holder)):
        draft = CodeDraft(action=draft.action, number=None)
    await place.storage.database.write(lambda connection: connection.execute(DIALOGUES.delete()))
    if draft is None:
        return await take(place)
    await place.storage.dialogues.put(_dialogue(draft, place, person=holder, chat=chat))
    return await take(place)


def _dialogue(draft: Draft, place: Place, *, person: int, chat: int) -> Dialogue:
    return Dialogue(
        id=THE_QUESTION,
        person=PersonId(person),
        chat=ChatId(chat),
        message=MessageId(499),
        draft=draft,
        expires_at=place.clock.now() + DIALOGUE_LIFETIME,
    )


def update_of(case: Case, place: Place, number: int) -> bytes:
    at = place.clock.now().timestamp()
    where = {"by": case.speaker, "chat": case.chat, "at": at}
    match case.deed.does:
        case Tapping(action=action, on=on):
            return tap(number + 1_000, pack(action), on=on, **where)  # type: ignore[arg-type]
        case Saying(words=words):
            return message(number + 1_000, words, **where)  # type: ignore[arg-type]
        case Answering(words=words):
            said = code_of(case.speaker.id, place) if words is None and _has_factor(case, place) else words
            return message(number + 1_000, said or NUMBER, **where)  # type: ignore[arg-type]


def _has_factor(case: Case, place: Place) -> bool:
    return place.storage.factors.has(PersonId(case.speaker.id))


PROOF = Proof(
    name="matrix",
    claim="actor × chat × action × state, all of them: no row, no request and no word but what the rules allow",
    required=_BLOCKS * _A_BLOCK * len(STATES),
    sample=1_200,
    prove=prove,
    shares=2,
)
