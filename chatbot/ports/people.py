"""Who was let in, and the one-time links that let people in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.people import LinkKind, Person, Role


class People(Protocol):
    async def get(self, person: PersonId) -> Person | None: ...

    async def everybody(self) -> tuple[Person, ...]:
        """Owners first, then by joining time."""
        ...

    async def add(self, person: Person) -> None:
        """Let somebody in, or change the role and name of somebody who is in."""
        ...

    async def remove(self, person: PersonId, *, by: PersonId, now: datetime) -> tuple[ChatId, ...] | None:
        """Take somebody's access away, and the links they made, close their cards that wait, and pause what goes on in
        their private chat; the rest stays stored. None if they were not in.

        Nobody stands any more for the groups and channels that they stood for: all pauses in those, which are returned.
        """
        ...

    async def has_rows(self, person: PersonId) -> bool:
        """Whether anything of somebody's is stored, such as accounts or what was sent, whether they are in or not."""
        ...

    async def add_link(
        self, *, kind: LinkKind, token_hash: bytes, made_by: PersonId | None, expires_at: datetime, now: datetime
    ) -> None: ...

    async def use_link(
        self, *, kind: LinkKind, token_hash: bytes, person: PersonId, name: str, role: Role, now: datetime
    ) -> tuple[bool, PersonId | None]:
        """Use a link once and let the person in, in one transaction. A `CLAIM` works only while there is no owner.

        Returns whether it worked, and who had made the link.
        """
        ...


class Chats(Protocol):
    """Groups somebody with access stands for, and chats that cannot be written to."""

    async def is_vouched(self, chat: ChatId) -> bool: ...

    async def vouch(self, chat: ChatId, *, by: PersonId, now: datetime) -> None: ...

    async def pause(self, chat: ChatId, *, now: datetime) -> None:
        """The chat blocked or removed the bot: unasked messages to it wait."""
        ...

    async def resume(self, chat: ChatId) -> None: ...

    async def move(self, old: ChatId, new: ChatId) -> None:
        """A group became a supergroup: rewrite its id everywhere, in one transaction."""
        ...


class Favourites(Protocol):
    """Of a chat; a person's are those of the private chat."""

    async def of(self, chat: ChatId) -> tuple[str, ...]:
        """Market codes, in the order they were arranged in; new stars come last."""
        ...

    async def toggle(self, chat: ChatId, market: str, *, now: datetime) -> bool:
        """Star or unstar a market; says whether it is starred now."""
        ...

    async def put(self, chat: ChatId, markets: Sequence[str], *, now: datetime) -> None:
        """Star these, in this order, and no others. Each is named once."""
        ...
