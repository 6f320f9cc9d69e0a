"""Erasing everything of a person."""

from typing import Protocol

from chatbot.domain.ids import PersonId


class Forgetting(Protocol):
    async def begin(self, person: PersonId) -> bool:
        """Remember durably that this person is to be erased, and withdraw every card of theirs.

        False, and nothing is changed, while something of theirs is held or has no known outcome.
        """
        ...

    async def begun(self) -> tuple[PersonId, ...]:
        """Those whose erasure was begun and has not come to its end."""
        ...

    async def erase(self, person: PersonId) -> bool:
        """Erase everything, credentials and data key first; may be repeated. When this returns, it is complete. What
        it returns is what `finish` says.
        """
        ...

    async def finish(self) -> bool:
        """Whether nothing that was ever erased can be read in the database's files any more. While another program
        reads there, it can: then this tries again, and has to be called again.
        """
        ...
