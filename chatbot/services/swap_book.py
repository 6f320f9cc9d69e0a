"""Writing down what was read of swaps: what came of a ticket, and how they stand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.ids import SwapId
from chatbot.domain.intents import CreateSwap, SwapTerms
from chatbot.domain.swap_evidence import doubts_about, lasting_doubts
from chatbot.domain.swap_life import pause_after
from chatbot.domain.swaps import FollowedSwap, Marking, Swap
from chatbot.domain.tickets import Ticket
from chatbot.ports.clock import Clock
from chatbot.ports.swaps import SwapCards, Swaps
from chatbot.ports.tickets import Tickets


class MadeByAnother(Exception):
    """An order was taken for the one of a ticket, but is another ticket's."""


class SwapBook:
    """Reads are told apart by when they began: what an older one says does not overwrite a newer one."""

    def __init__(self, *, store: Swaps, tickets: Tickets, cards: SwapCards, clock: Clock) -> None:
        self._store = store
        self._tickets = tickets
        self._cards = cards
        self._clock = clock

    async def made_by(self, ticket: Ticket) -> FollowedSwap | None:
        """What is known to have been made by a ticket."""
        return await self._store.of_ticket(ticket.id)

    async def taken(self, ticket: Ticket, references: Sequence[str]) -> frozenset[str]:
        """Which of these orders of a ticket's key were made by other tickets."""
        return await self._store.taken(ticket.account, references, but=ticket.id)

    async def find(self, ticket: Ticket, reference: str) -> FollowedSwap | None:
        """An order of a ticket's key, if it is followed."""
        return await self._store.find(ticket.account, reference)

    async def open(self, ticket: Ticket, swap: Swap, *, seen_at: datetime) -> FollowedSwap:
        """Follow what a ticket made. Raises `MadeByAnother`; again, it changes nothing."""
        intent, terms = creation_of(ticket)
        followed = FollowedSwap(
            id=SwapId(0),
            account=ticket.account,
            account_label=ticket.account_label,
            is_live=ticket.venue.is_live,
            person=ticket.person,
            chat=ticket.chat,
            message=None,
            picture=None,
            ticket=ticket.id,
            swap=swap,
            deposit=intent.deposit,
            withdraw=intent.withdraw,
            marking=Marking.UNMARKED,
            doubts=doubts_about(swap, intent, terms),
            seen_at=seen_at,
            next_look_at=None,
        )
        opened = await self._follow(followed)
        if opened.ticket != ticket.id:
            raise MadeByAnother(swap.reference)
        return opened

    async def take_over(self, followed: FollowedSwap, known: FollowedSwap | None) -> FollowedSwap:
        """Follow a swap from a new card; that of the one `known` so far goes, with its picture."""
        if known is None:
            return await self._follow(followed)
        doubts = await self._doubts(known, followed.swap)
        taken = await self._follow(replace(followed, doubts=doubts, marking=known.marking))
        old = (message for message in (known.message, known.picture) if message is not None)
        self._cards.retire(known.chat, *old)
        return taken

    async def note(
        self,
        followed: FollowedSwap,
        swap: Swap,
        *,
        began: datetime,
        marking: Marking | None = None,
        doubt: str = "",
    ) -> FollowedSwap:
        """Write down what a read, which began then, said of a swap, and a `doubt` of the reader's.

        Raises `Unavailable` where it is another's answer, and `KeyError` where the swap is no longer followed.
        """
        if swap.reference != followed.swap.reference:
            raise Unavailable(Cause.UNREADABLE)
        asked = await self._asked(followed)
        now = self._clock.now()

        def change(current: FollowedSwap) -> FollowedSwap:
            marked = replace(current, marking=marking or current.marking)
            if current.seen_at > began:
                return marked
            doubts = tuple(dict.fromkeys((*_doubts(current, swap, asked), *((doubt,) if doubt else ()))))
            return _paced(replace(marked, swap=swap, doubts=doubts, seen_at=began), now=now)

        changed = await self._store.update(followed.id, change, now=now)
        self._repaint(changed)
        return changed

    async def _follow(self, followed: FollowedSwap) -> FollowedSwap:
        opened = await self._store.follow(_paced(followed, now=self._clock.now()))
        self._repaint(opened)
        return opened

    async def _doubts(self, followed: FollowedSwap, swap: Swap) -> tuple[str, ...]:
        return _doubts(followed, swap, await self._asked(followed))

    async def _asked(self, followed: FollowedSwap) -> tuple[CreateSwap, SwapTerms] | None:
        """What a swap was made for, if that was here."""
        ticket = None if followed.ticket is None else await self._tickets.get(followed.ticket)
        return None if ticket is None else creation_of(ticket)

    def _repaint(self, followed: FollowedSwap) -> None:
        if followed.revision > followed.shown:
            self._cards.repaint(followed.id)


def creation_of(ticket: Ticket) -> tuple[CreateSwap, SwapTerms]:
    """What a ticket's card asks for and shows. Raises `TypeError` for a ticket of another kind."""
    if not isinstance(ticket.intent, CreateSwap) or not isinstance(ticket.terms, SwapTerms):
        raise TypeError("not a swap's ticket")
    return ticket.intent, ticket.terms


def _doubts(followed: FollowedSwap, swap: Swap, asked: tuple[CreateSwap, SwapTerms] | None) -> tuple[str, ...]:
    at_once = () if asked is None else doubts_about(swap, *asked)
    return (*at_once, *lasting_doubts(followed, swap))


def _paced(followed: FollowedSwap, *, now: datetime) -> FollowedSwap:
    pause = pause_after(followed, now=now)
    return replace(followed, next_look_at=None if pause is None else now + pause)
