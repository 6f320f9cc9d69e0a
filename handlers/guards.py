"""Who is heard, and who may. Deny by default, by numeric id.

`deaf_to` looks at a message alone: only what a person typed here and now, as themselves, can command.
`Door` looks at who speaks where, and what for.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from chatbot.domain.errors import RightsUnknown
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.people import Access, Role
from chatbot.ports.clock import Clock
from chatbot.ports.people import Chats, People
from handlers import wire
from handlers.commands import Needs, Where
from handlers.context import ChatKind, Room, Speaker

ANSWERS_A_PERSON, ANSWERS_A_GROUP = 6, 10
"""How many commands and taps a minute are answered in a group, to those who are no admins of it."""
_MINUTE = 60.0

FRESH = timedelta(seconds=120)
"""How old a message may be to be carried out; one that waited longer may no longer be meant."""


def deaf_to(message: wire.Message) -> str | None:
    """Why a message cannot command, in a word for the log; None if it can.

    An anonymous admin comes as a bot (1087968824) with `sender_chat`, a channel likewise (136817688); posts that
    Telegram forwards into a linked group come from 777000 with `sender_chat`.
    """
    reasons = {
        "no sender": message.sender is None,
        "a bot": message.sender is not None and message.sender.is_bot,
        "a chat's voice": message.sender_chat is not None,
        "a channel": message.chat.type == "channel",
        "forwarded": message.forward_origin is not None or message.forward_date is not None,
        "via a bot": message.via_bot is not None,
        "edited": message.edit_date is not None,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def is_anonymous(message: wire.Message) -> bool:
    """Whether somebody wrote this in a group, here and now, in the voice of the group or of a channel of theirs."""
    second_hand = (message.forward_origin, message.forward_date, message.via_bot, message.edit_date)
    is_voice = message.sender_chat is not None and message.chat.type != "channel"
    return is_voice and all(each is None for each in second_hand)


def is_stale(message: wire.Message, *, now: datetime) -> bool:
    return now - datetime.fromtimestamp(message.date, UTC) > FRESH


class Verdict(Enum):
    """What the door says. `SILENCE` is for groups nobody stands for, and for private chats of somebody else; `UNCLEAR`
    where Telegram did not say who is an admin.
    """

    ADMITTED = auto()
    SILENCE = auto()
    STRANGER = auto()
    OWNER_ONLY = auto()
    PRIVATE_ONLY = auto()
    NOT_LINKED = auto()
    ADMINS_ONLY = auto()
    UNCLEAR = auto()


class Door:
    """Knows who was let in. `is_linked` says whether a person has an account, `is_admin` whether they are an admin of a
    chat (it may raise `RightsUnknown`); `turned_away` is told of strangers.
    """

    def __init__(
        self,
        *,
        people: People,
        chats: Chats,
        access: Access,
        owners: frozenset[PersonId],
        is_linked: Callable[[PersonId], Awaitable[bool]],
        is_admin: Callable[[PersonId, ChatId], Awaitable[bool]],
        turned_away: Callable[[PersonId, ChatId], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._people = people
        self._chats = chats
        self._access = access
        self._owners = owners
        self._is_linked = is_linked
        self._is_admin = is_admin
        self._turned_away = turned_away
        self._clock = clock

    async def speaker(self, user: wire.User) -> Speaker:
        person = PersonId(user.id)
        return Speaker(id=person, name=user.name, role=await self._role(person))

    async def admit(self, speaker: Speaker, room: Room, *, where: Where, needs: Needs) -> Verdict:
        if room.kind is ChatKind.PRIVATE and int(room.id) != int(speaker.id):
            return Verdict.SILENCE  # somebody else's private chat, which Telegram would never let them speak in
        if room.kind is ChatKind.GROUP:
            if not await self._is_home(speaker, room.id):
                return Verdict.SILENCE
            if where is Where.PRIVATE:
                return Verdict.PRIVATE_ONLY
            if needs in (Needs.NOTHING, Needs.ACCESS):
                return Verdict.ADMITTED
            if needs is Needs.ADMIN:
                return await self._admit_admin(speaker, room.id)
        verdict = await self._admit_person(speaker, needs)
        if verdict is Verdict.STRANGER:
            await self._turned_away(speaker.id, room.id)
        return verdict

    async def is_open(self, chat: ChatId) -> bool:
        """Whether somebody stands for a group already, or nobody has to."""
        return self._access is Access.OPEN or await self._chats.is_vouched(chat)

    def lets_in(self, speaker: Speaker) -> bool:
        """Whether somebody may use the bot at all."""
        return speaker.role is not None or self._access is Access.OPEN

    async def vouch(self, speaker: Speaker, chat: ChatId) -> None:
        """Somebody with access of their own stands for a group from now on; anybody else's word counts for nothing."""
        if speaker.role is not None:
            await self._chats.vouch(chat, by=speaker.id, now=self._clock.now())

    async def is_in_charge(self, speaker: Speaker, chat: ChatId) -> bool:
        """Whether Telegram says that somebody is an admin of a chat; if it says nothing, they are not."""
        try:
            return await self._is_admin(speaker.id, chat)
        except RightsUnknown:
            return False

    async def _admit_admin(self, speaker: Speaker, chat: ChatId) -> Verdict:
        """An admin of a group somebody stands for needs no access of their own to manage what is told there."""
        try:
            return Verdict.ADMITTED if await self._is_admin(speaker.id, chat) else Verdict.ADMINS_ONLY
        except RightsUnknown:
            return Verdict.UNCLEAR

    async def _admit_person(self, speaker: Speaker, needs: Needs) -> Verdict:
        if needs is Needs.NOTHING:
            return Verdict.ADMITTED
        if not self.lets_in(speaker):
            is_theirs = needs is Needs.ROWS and await self._people.has_rows(speaker.id)
            return Verdict.ADMITTED if is_theirs else Verdict.STRANGER
        if needs is Needs.OWNER and speaker.role is not Role.OWNER:
            return Verdict.OWNER_ONLY
        if needs is Needs.LINKED and not await self._is_linked(speaker.id):
            return Verdict.NOT_LINKED
        return Verdict.ADMITTED

    async def _is_home(self, speaker: Speaker, chat: ChatId) -> bool:
        if await self.is_open(chat):
            return True
        await self.vouch(speaker, chat)
        return speaker.role is not None

    async def _role(self, person: PersonId) -> Role | None:
        if person in self._owners:
            return Role.OWNER
        known = await self._people.get(person)
        if known is None or (self._access is Access.OWNERS and known.role is not Role.OWNER):
            return None
        return known.role


class Measure:
    """How much is answered in a group. Telegram lets 20 messages a minute into one, replies and pushes together, so who
    asks and asks would keep the group from hearing its alerts.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answered: dict[ChatId, deque[tuple[float, PersonId]]] = {}
        """When whom, within the last minute; the groups answered latest come last."""

    def allows(self, person: PersonId, chat: ChatId) -> bool:
        """Whether they may be answered once more; if so, it counts."""
        since = self._clock.monotonic() - _MINUTE
        while self._answered and self._answered[quietest := next(iter(self._answered))][-1][0] <= since:
            del self._answered[quietest]
        answered = self._answered.get(chat, deque())
        while answered and answered[0][0] <= since:
            answered.popleft()
        if len(answered) >= ANSWERS_A_GROUP or sum(each == person for _, each in answered) >= ANSWERS_A_PERSON:
            return False
        answered.append((self._clock.monotonic(), person))
        self._answered.pop(chat, None)
        self._answered[chat] = answered
        return True


class Allowance:
    """Something that each person may have so many times within a minute."""

    def __init__(self, most: int, *, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self._had: dict[PersonId, deque[float]] = {}
        """When, within the last minute; who had it latest comes last."""

    def allows(self, person: PersonId) -> bool:
        """Whether they may have it once more; if so, it counts."""
        now = self._clock.monotonic()
        while self._had and self._had[quietest := next(iter(self._had))][-1] <= now - _MINUTE:
            del self._had[quietest]
        had = self._had.get(person, deque())
        while had and had[0] <= now - _MINUTE:
            had.popleft()
        if len(had) >= self._most:
            return False
        had.append(now)
        self._had.pop(person, None)
        self._had[person] = had
        return True


class Sparingly:
    """Lets something be said once in a while per key, so that nobody can make the bot chatter."""

    def __init__(self, pause: timedelta, *, clock: Clock) -> None:
        self._pause = pause.total_seconds()
        self._clock = clock
        self._said: dict[Hashable, float] = {}

    def allows(self, key: Hashable) -> bool:
        now = self._clock.monotonic()
        self._said = {each: at for each, at in self._said.items() if now - at < self._pause}
        if key in self._said:
            return False
        self._said[key] = now
        return True
