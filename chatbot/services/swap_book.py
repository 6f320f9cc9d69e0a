"""Writing down what was read of swaps: what came of a ticket, and how they stand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chatbot.domain.coins import home, meant
from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.ids import SwapId
from chatbot.domain.intents import CreateSwap, SwapTerms
from chatbot.domain.swap_doubts import changes, completed, doubts_about, first_of, misleads
from chatbot.domain.swap_life import pause_after
from chatbot.domain.swaps import Coin, Doubt, FollowedSwap, Marking, Swap
from chatbot.domain.tickets import Ticket
from chatbot.ports.addresses import Addresses, Verdict
from chatbot.ports.clock import Clock
from chatbot.ports.swaps import SwapCards, Swaps
from chatbot.ports.tickets import Tickets

_Asked = tuple[CreateSwap, SwapTerms]
"""What a swap was made for."""


class MadeByAnother(Exception):
    """An order was taken for the one of a ticket, but is another ticket's."""


class SwapBook:
    """Reads are told apart by when they began: what an older one says does not overwrite a newer one.

    What is doubted is found out in the transaction that writes a reading down, from what is known there then. `listed`
    are the coins of the service, as far as they are at hand.
    """

    def __init__(self, *, store: Swaps, tickets: Tickets, cards: SwapCards, addresses: Addresses, clock: Clock) -> None:
        self._store = store
        self._tickets = tickets
        self._cards = cards
        self._addresses = addresses
        self._clock = clock

    async def made_by(self, ticket: Ticket) -> FollowedSwap | None:
        """What is known to have been made by a ticket."""
        return await self._store.of_ticket(ticket.id)

    async def taken(self, ticket: Ticket, references: Sequence[str]) -> frozenset[str]:
        """Which of these orders of a ticket's service were made by other tickets."""
        return await self._store.taken(references, is_live=ticket.venue.is_live, but=ticket.id)

    async def find(self, ticket: Ticket, reference: str) -> FollowedSwap | None:
        """An order at a ticket's service, if its person has it followed."""
        return await self._store.find(ticket.person, is_live=ticket.venue.is_live, reference=reference)

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
            doubts=(),
            seen_at=seen_at,
            next_look_at=None,
        )
        opened = await self._follow(followed, (intent, terms), ())
        if opened.ticket != ticket.id:
            raise MadeByAnother(swap.reference)
        return opened

    async def take_over(self, followed: FollowedSwap, *, listed: Sequence[Coin]) -> FollowedSwap:
        """Follow a swap from a new card. That of the one that is known by its person, service and reference goes, with
        its picture; all that is known of it stays, whichever key it was read with.
        """
        known = await self._store.find(followed.person, is_live=followed.is_live, reference=followed.swap.reference)
        asked = None if known is None else await self._asked(known)
        return await self._follow(followed, asked, listed)

    async def note(
        self,
        followed: FollowedSwap,
        swap: Swap,
        *,
        began: datetime,
        marking: Marking | None = None,
        doubt: Doubt | None = None,
        listed: Sequence[Coin] = (),
    ) -> FollowedSwap:
        """Write down what a read, which began then, said of a swap, and a `doubt` of the reader's.

        Raises `Unavailable` where it is another's answer, and `KeyError` where the swap is no longer followed.
        """
        if swap.reference != followed.swap.reference:
            raise Unavailable(Cause.UNREADABLE)
        asked = await self._asked(followed)
        now, said = self._clock.now(), () if doubt is None else (doubt,)

        def change(current: FollowedSwap) -> FollowedSwap:
            marked = replace(_doubted(current, *said), marking=marking or current.marking)
            return marked if current.seen_at > began else self._told(marked, swap, began, asked, listed)

        changed = await self._store.update(followed.id, change, now=now)
        self._repaint(changed)
        return changed

    async def _follow(self, followed: FollowedSwap, asked: _Asked | None, listed: Sequence[Coin]) -> FollowedSwap:
        """Write it down as a new one or over what is known of it, whose messages another card takes the place of."""
        before: list[FollowedSwap] = []

        def over(known: FollowedSwap) -> FollowedSwap:
            before.append(known)
            newer = followed if followed.seen_at >= known.seen_at else known
            return _moved(self._told(known, newer.swap, newer.seen_at, asked, listed), followed)

        new = self._told(followed, followed.swap, followed.seen_at, asked, listed)
        opened = await self._store.follow(new, over=over)
        for known in before:
            old = (message for message in (known.message, known.picture) if message is not None)
            self._cards.retire(known.chat, *old)
        self._repaint(opened)
        return opened

    def _told(
        self, known: FollowedSwap, swap: Swap, seen_at: datetime, asked: _Asked | None, listed: Sequence[Coin]
    ) -> FollowedSwap:
        """What is known of a swap after it was read."""
        first = first_of(known)
        named = replace(
            known,
            deposit=known.deposit if known.deposit.is_listed else meant(first.deposit, listed),
            withdraw=known.withdraw if known.withdraw.is_listed else meant(first.withdraw, listed),
        )
        doubts = (
            *(() if asked is None else doubts_about(swap, *asked)),
            *changes(named, swap),
            *misleads(swap, (named.deposit, named.withdraw, *listed)),
            *self._impossible(named, swap),
        )
        told = replace(_doubted(named, *doubts), swap=swap, seen_at=seen_at, first=completed(first, swap))
        return _paced(told, now=self._clock.now())

    def _impossible(self, followed: FollowedSwap, swap: Swap) -> tuple[Doubt, ...]:
        """Practice addresses belong to no network. Of a coin that is not listed nobody knows the network."""
        if not (followed.is_live and followed.deposit.is_listed and swap.deposit_address):
            return ()
        check = self._addresses.check(swap.deposit_address, network=home(followed.deposit))
        return (Doubt.NO_SUCH_ADDRESS,) if check.verdict is Verdict.WRONG else ()

    async def _asked(self, followed: FollowedSwap) -> _Asked | None:
        """What a swap was made for, if that was here."""
        ticket = None if followed.ticket is None else await self._tickets.get(followed.ticket)
        return None if ticket is None else creation_of(ticket)

    def _repaint(self, followed: FollowedSwap) -> None:
        if followed.revision > followed.shown:
            self._cards.repaint(followed.id)


def creation_of(ticket: Ticket) -> _Asked:
    """What a ticket's card asks for and shows. Raises `TypeError` for a ticket of another kind."""
    if not isinstance(ticket.intent, CreateSwap) or not isinstance(ticket.terms, SwapTerms):
        raise TypeError("not a swap's ticket")
    return ticket.intent, ticket.terms


def _doubted(followed: FollowedSwap, *doubts: Doubt) -> FollowedSwap:
    """A doubt stays, whatever is read later."""
    return replace(followed, doubts=tuple(dict.fromkeys((*followed.doubts, *doubts))))


def _moved(known: FollowedSwap, to: FollowedSwap) -> FollowedSwap:
    """What is known of a swap, on a card of its own anew, and followed with the key it was read with last."""
    return replace(
        known,
        account=to.account,
        account_label=to.account_label,
        chat=to.chat,
        message=None,
        picture=None,
        ticket=known.ticket or to.ticket,
        shown=0,
    )


def _paced(followed: FollowedSwap, *, now: datetime) -> FollowedSwap:
    ended_at = (followed.ended_at or now) if followed.swap.status.is_final else None
    ended = replace(followed, ended_at=ended_at)
    pause = pause_after(ended, now=now)
    return replace(ended, next_look_at=None if pause is None else now + pause)
