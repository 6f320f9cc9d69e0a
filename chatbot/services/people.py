"""Who is let in: the owner's claim link, invitations, and taking access away."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import InputError, NotAllowed
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.notices import PersonJoined
from chatbot.domain.people import Access, LinkKind, Person, Role
from chatbot.ports.audit import Journal
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.messages import Outbox
from chatbot.ports.people import People as PeopleStore

CLAIM_LIFETIME = timedelta(minutes=15)
INVITE_LIFETIME = timedelta(hours=24)
TURNED_AWAY_PAUSE = timedelta(minutes=10)
_STRANGERS = 1_000  # written down within one pause at the most


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink:
    """The payload for `/start`, and until when it works."""

    payload: str
    expires_at: datetime


class People:
    """Owners invite and remove; links work once."""

    def __init__(
        self,
        *,
        store: PeopleStore,
        outbox: Outbox,
        journal: Journal,
        owner_ids: tuple[PersonId, ...],
        access: Access,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._journal = journal
        self._owner_ids = owner_ids
        self._access = access
        self._clock = clock
        self._entropy = entropy
        self._turned_away: dict[PersonId, datetime] = {}

    @property
    def open_to_all(self) -> bool:
        """Whether everybody may use the bot, invited or not."""
        return self._access is Access.OPEN

    async def has_owner(self) -> bool:
        everybody = await self._store.everybody()
        return bool(self._owner_ids) or any(person.role is Role.OWNER for person in everybody)

    async def claim_link(self) -> OneTimeLink:
        """A link whose first opener owns the bot; works while there is no owner."""
        return await self._make(LinkKind.CLAIM, made_by=None, lifetime=CLAIM_LIFETIME)

    async def invite(self, owner: PersonId) -> OneTimeLink:
        return await self._make(LinkKind.INVITE, made_by=owner, lifetime=INVITE_LIFETIME)

    async def open_link(self, payload: str, *, person: PersonId, name: str) -> Role:
        """Let somebody in who opened a link. Raises `NotAllowed` if it is used, too old, or was never made."""
        kind_text, _, token = payload.partition("_")
        if kind_text not in set(LinkKind) or not token:
            raise NotAllowed
        kind = LinkKind(kind_text)
        role = Role.OWNER if kind is LinkKind.CLAIM else Role.MEMBER
        known = await self._store.get(person)
        if kind is LinkKind.CLAIM and self._owner_ids:
            raise NotAllowed
        if kind is LinkKind.INVITE and (known is not None or person in self._owner_ids):
            raise InputError("You have access already; the invitation stays good for somebody else.")
        worked, made_by = await self._store.use_link(
            kind=kind, token_hash=_hash(token), person=person, name=name, role=role, now=self._clock.now()
        )
        if not worked:
            await self.turned_away(person, ChatId(person))
            raise NotAllowed
        if made_by is not None:
            notice = PersonJoined(person=person, name=name)
            await self._outbox.add(notice, chat=ChatId(made_by), reply_to=None, now=self._clock.now())
        return role

    async def everybody(self) -> tuple[Person, ...]:
        """Those who were let in; configured owners who never wrote are not among them."""
        return await self._store.everybody()

    async def is_in(self, person: PersonId) -> bool:
        """Whether somebody may use the bot now."""
        if self.open_to_all or self.is_named_owner(person):
            return True
        known = await self._store.get(person)
        return known is not None and (self._access is not Access.OWNERS or known.role is Role.OWNER)

    async def remove(self, person: PersonId, *, by: PersonId) -> int:
        """Take somebody's access away. Returns in how many groups and channels, for which they stood, the bot is silent
        now. Raises `InputError` for oneself and for owners named in the settings.
        """
        if person == by:
            raise InputError("You cannot remove yourself.")
        if person in self._owner_ids:
            raise InputError("This owner is named in OWNER_IDS; take the number out there and restart.")
        silenced = await self._store.remove(person, by=by, now=self._clock.now())
        if silenced is None:
            raise InputError("They have no access any more.")
        return len(silenced)

    @property
    def has_named_owners(self) -> bool:
        """Whether the settings name an owner."""
        return bool(self._owner_ids)

    def is_named_owner(self, person: PersonId) -> bool:
        """Whether somebody owns the bot by its settings, whatever is stored."""
        return person in self._owner_ids

    async def turned_away(self, person: PersonId, chat: ChatId) -> None:
        """Somebody without access tried to use the bot. Written down seldom, so that nobody can fill the log."""
        now = self._clock.now()
        known = {each: at for each, at in self._turned_away.items() if now - at < TURNED_AWAY_PAUSE}
        self._turned_away = known
        if person not in known and len(known) < _STRANGERS:
            known[person] = now
            await self._journal.record(Event(deed=Deed.TURNED_AWAY, person=person, chat=chat))

    async def _make(self, kind: LinkKind, *, made_by: PersonId | None, lifetime: timedelta) -> OneTimeLink:
        token = self._entropy.token()
        now = self._clock.now()
        expires_at = now + lifetime
        await self._store.add_link(kind=kind, token_hash=_hash(token), made_by=made_by, expires_at=expires_at, now=now)
        return OneTimeLink(payload=f"{kind.value}_{token}", expires_at=expires_at)


def _hash(token: str) -> bytes:
    """Links are stored as hashes: a stolen database opens nothing."""
    return hashlib.sha256(token.encode()).digest()
