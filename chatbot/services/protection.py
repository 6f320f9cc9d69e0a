"""The one question for everything protected: a code of the second factor or, where there is none, a number shown."""

from dataclasses import dataclass, replace
from typing import Final, Protocol

from chatbot.domain.drafts import CodeDraft, Dialogue
from chatbot.domain.errors import FactorLocked, FactorMissing, InputError, WrongCode
from chatbot.domain.factors import Accepted, Judgement, Locked, Rejected, Spent, read_code, resembles_code
from chatbot.domain.ids import ChatId, PersonId, TicketId
from chatbot.domain.protected import ConfirmSwap, ConfirmWithdrawal, Protected, Without
from chatbot.domain.tickets import Ticket
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.factors import Attempt, Factors
from chatbot.services.questions import Questions

TRIES: Final = 3
"""So many wrong answers close a question."""

_CARDS = (ConfirmWithdrawal, ConfirmSwap)
"""What confirms a card: too many wrong codes close it."""
_SPENT = (
    "This code is used up, or void because a question for one was ended. "
    "Look what is asked now, and wait for the next code: up to a minute."
)


class SecondSteps(Protocol):
    """The tickets that wait for a code."""

    async def get(self, ticket: TicketId, *, person: PersonId) -> Ticket | None:
        """A person's own ticket."""
        ...

    async def fail_second_step(self, ticket: TicketId, *, person: PersonId) -> None:
        """Close a ticket for good whose code was answered wrongly too often."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """The question that stands between a person and an action. `number`: what to type where there is no second factor.
    `ticket` is the one whose card it confirms.

    Whoever shows it tells `Questions.shown` which message it is, if that message is to go once it is answered.
    """

    dialogue: Dialogue
    action: Protected
    number: str | None
    ticket: Ticket | None = None


class Protection:
    """Asks before anything protected is done, and judges the answers."""

    def __init__(
        self, *, factors: Factors, questions: Questions, tickets: SecondSteps, clock: Clock, entropy: Entropy
    ) -> None:
        self._factors = factors
        self._questions = questions
        self._tickets = tickets
        self._clock = clock
        self._entropy = entropy

    async def ask(self, action: Protected, *, person: PersonId, chat: ChatId) -> Challenge | None:
        """Open the question; None if nothing is asked of this person, and the action may be carried out at once.

        Raises `FactorMissing` where a second factor is asked of everybody and the person has none, and `FactorLocked`;
        `InputError` while a code is asked for something else, because the one that is being typed must not answer this.
        """
        number = None
        if self._factors.has(person):
            await self._check_lock(person)
            await self._check_free(action, person=person, chat=chat)
        elif self._factors.required:
            raise FactorMissing
        elif action.without is Without.NOTHING:
            return None
        else:
            number = self._number()
        draft = CodeDraft(action=action, number=number)
        ticket = await self._tickets.get(action.ticket, person=person) if isinstance(action, _CARDS) else None
        # The question for a card's code ends with the card: a late one is no wrong try, and is used up.
        end = ticket.expires_at if ticket is not None and number is None else None
        dialogue = await self._questions.ask(draft, person=person, chat=chat, expires_at=end)
        return Challenge(dialogue=dialogue, action=action, number=number, ticket=ticket)

    async def answer(self, dialogue: Dialogue, text: str) -> Protected:
        """The action that may be carried out now: the answer was right, and the question is over.

        Raises `WrongCode`, with what tries are left, and `FactorLocked`, which closes the question; `InputError` for a
        code that is used up or void, and if the second factor was turned on or off since the question; `FactorMissing`
        if it is asked of everybody since then.
        """
        draft = dialogue.draft
        if not isinstance(draft, CodeDraft):
            raise TypeError("not a code's dialogue")
        if self._factors.has(dialogue.person) is not (draft.number is None):
            await self._close(dialogue)
            raise InputError("Your second factor was changed after this question. Please begin again.")
        if draft.number is not None and self._factors.required:
            await self._close(dialogue)
            raise FactorMissing  # it is asked of everybody since the question
        judgement = await self._judge(dialogue, draft, text)
        if isinstance(judgement, Spent):
            raise InputError(_SPENT)
        if isinstance(judgement, Rejected) and draft.wrong + 1 < TRIES:
            await self._questions.change(dialogue, replace(draft, wrong=draft.wrong + 1))
            raise WrongCode(left=min(TRIES - draft.wrong - 1, judgement.left))
        if isinstance(judgement, Accepted):
            await self._questions.close(dialogue)
            return draft.action
        await self._close(dialogue)
        if isinstance(draft.action, _CARDS):
            await self._tickets.fail_second_step(draft.action.ticket, person=dialogue.person)
        raise FactorLocked(judgement.until) if isinstance(judgement, Locked) else WrongCode(left=0)

    async def drop(self, ticket: TicketId, *, person: PersonId, chat: ChatId) -> None:
        """End the question that confirms a card, if it is the open one: what is typed next is no answer to it."""
        found = await self._questions.open_in(chat, person=person)
        action = found.draft.action if found is not None and isinstance(found.draft, CodeDraft) else None
        if found is not None and isinstance(action, _CARDS) and action.ticket == ticket:
            await self._close(found)

    def expects(self, person: PersonId, text: str) -> bool:
        """Whether a text that answers no question looks like a code of this person's: it should not stay in a chat."""
        return self._factors.has(person) and resembles_code(text)

    async def burn(self, text: str, *, person: PersonId, chat: ChatId) -> bool:
        """Use up a code where the open question asks for none: whoever can read the chat must not use it for another.

        False for what is no right code, which is not counted as a wrong one, and where a code is asked for.
        """
        code = read_code(text)
        if code is None or not self._factors.has(person) or await self._asked(person=person, chat=chat) is not None:
            return False
        return await self._factors.burn(person, code, chat=chat, now=self._clock.now())

    async def _asked(self, *, person: PersonId, chat: ChatId) -> CodeDraft | None:
        """The open question, if it asks for a code of the second factor."""
        found = await self._questions.open_in(chat, person=person)
        draft = None if found is None else found.draft
        return draft if isinstance(draft, CodeDraft) and draft.number is None else None

    async def _check_free(self, action: Protected, *, person: PersonId, chat: ChatId) -> None:
        asked = await self._asked(person=person, chat=chat)
        if asked is not None and asked.action != action:
            raise InputError("A code is asked for something else already. Answer that first, or end it with /stop.")

    async def _check_lock(self, person: PersonId) -> None:
        factor = await self._factors.get(person)
        until = None if factor is None else factor.locked_at(self._clock.now())
        if until is not None:
            raise FactorLocked(until)

    async def _judge(self, dialogue: Dialogue, draft: CodeDraft, text: str) -> Judgement:
        attempt = Attempt(
            person=dialogue.person,
            chat=dialogue.chat,
            subject=draft.action.tag.replace("_", " "),
            closes=draft.wrong + 1 >= TRIES,
            at=self._clock.now(),
        )
        if draft.number is None:
            return await self._factors.verify(read_code(text), attempt)
        if text.strip() == draft.number:
            return Accepted()
        await self._factors.refuse(attempt)
        return Rejected(left=TRIES)

    async def _close(self, dialogue: Dialogue) -> None:
        await self._questions.drop(dialogue.id, person=dialogue.person, chat=dialogue.chat)

    def _number(self) -> str:
        """Four digits, none of them a leading zero. It hides nothing: it makes the hand do something else than tap."""
        return str(1000 + int.from_bytes(self._entropy.random_bytes(8)) % 9000)
