"""Swaps after they were made: looked at again and again, listed, shown, marked as paid."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import structlog

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.audit import Deed, Event
from chatbot.domain.coins import meant
from chatbot.domain.errors import (
    ChatbotError,
    InputError,
    KeyRejected,
    NotLinked,
    NotPermitted,
    OutcomeUnknown,
    Refused,
    SwapNotFound,
)
from chatbot.domain.ids import AccountId, ChatId, PersonId, SwapId
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swap_life import BRISK, KEY_TROUBLE, is_let_go, pause_after
from chatbot.domain.swaps import Coin, Currency, FollowedSwap, Marking, Swap, SwapPage
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.audit import Journal
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Priority
from chatbot.ports.swaps import SwapCards, Swaps, SwapService
from chatbot.services.accounts import Accounts
from chatbot.services.coins import Coins
from chatbot.services.swap_book import SwapBook
from chatbot.services.tickets import Permits

log = structlog.get_logger(__name__)

PAGE_SIZE = 8
"""How many orders one page of a list shows."""
_WITHOUT_ACCESS = timedelta(hours=1)
"""How soon the swap of somebody who may not use the bot any more is thought of again."""
_AFTER_THE_END = timedelta(hours=1)
"""How soon the last look at a swap that has ended is tried again."""
_MOST_DOUBLINGS = 6


class KeyWatch(Protocol):
    async def rejected(self, account: AccountId, status: int) -> None:
        """A key was not accepted in the background, where nobody looks."""
        ...

    async def worked(self, account: AccountId) -> None:
        """A key was accepted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapList:
    """A page of all orders of an account, also of those made elsewhere. `followed` are the references of those that are
    looked after here; `coins` says what the orders' currencies are.
    """

    account: Account
    page: SwapPage
    followed: frozenset[str]
    coins: Mapping[Currency, Coin]


class SwapFollowing:
    """One `look` is one round for one swap. Whatever is read of it goes through the book, which tells what is new."""

    def __init__(
        self,
        *,
        store: Swaps,
        book: SwapBook,
        swap_services: Mapping[Venue, SwapService],
        coins: Mapping[Venue, Coins],
        accounts: Accounts,
        keys: AccountStore,
        key_watch: KeyWatch,
        permits: Permits,
        is_in: Callable[[PersonId], Awaitable[bool]],
        cards: SwapCards,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._store = store
        self._book = book
        self._services = swap_services
        self._coins = coins
        self._accounts = accounts
        self._keys = keys
        self._key_watch = key_watch
        self._permits = permits
        self._is_in = is_in
        self._cards = cards
        self._journal = journal
        self._clock = clock
        self._failures: dict[SwapId, int] = {}
        self._marking: set[SwapId] = set()

    async def show(self, reference: str, *, person: PersonId, chat: ChatId) -> FollowedSwap:
        """Read an order and follow it from now on, wherever it was made; its card comes anew.

        Raises `SwapNotFound` if none of the person's keys knows it, `NoSwapKey`, `NotLinked`, and what reads raise.
        """
        began = self._clock.now()
        account, swap = await self._read_with_any_key(reference, person)
        listed = await self._coins[account.venue].listed(priority=Priority.PERSON)
        if await self._keys.get(account.id) is None:
            raise NotLinked  # unlinked, or its person forgotten, meanwhile
        followed = FollowedSwap(
            id=SwapId(0),
            account=account.id,
            account_label=account.label,
            is_live=account.venue.is_live,
            person=person,
            chat=chat,
            message=None,
            picture=None,
            ticket=None,
            swap=swap,
            deposit=meant(swap.deposit, listed),
            withdraw=meant(swap.withdraw, listed),
            marking=Marking.UNMARKED,
            doubts=(),
            seen_at=began,
            next_look_at=None,
        )
        return await self._book.take_over(followed, listed=listed)

    async def page(self, person: PersonId, *, page: int) -> SwapList:
        """Raises `NoSwapKey`, and what reads raise."""
        account = await self._accounts.swap_account(person)
        key = await self._keys.swap_key(account.id, of=person)
        listed = await self._services[account.venue].swaps(key, page=page, size=PAGE_SIZE, priority=Priority.PERSON)
        references = [swap.reference for swap in listed.swaps]
        coins = self._coins[account.venue]
        currencies = {currency for swap in listed.swaps for currency in (swap.deposit, swap.withdraw)}
        return SwapList(
            account=account,
            page=listed,
            followed=await self._store.known(person, references, is_live=account.venue.is_live),
            coins={currency: await coins.resolve(currency) for currency in currencies},
        )

    async def get(self, swap: SwapId, *, person: PersonId) -> FollowedSwap | None:
        """A person's own swap."""
        found = await self._store.get(swap)
        return found if found is not None and found.person == person else None

    async def open_of(self, person: PersonId) -> tuple[FollowedSwap, ...]:
        """A person's swaps that are not over, oldest first."""
        return await self._store.open_of(person)

    async def refresh(self, swap: SwapId, *, person: PersonId) -> FollowedSwap:
        """Read a swap now, for its person. Raises `InputError` for another's, `NotLinked`, and what reads raise."""
        followed = await self._own(swap, person)
        read = await self._read(followed, Priority.PERSON)
        self._cards.repaint(swap)
        return read

    async def want_picture(self, swap: SwapId, *, person: PersonId) -> FollowedSwap:
        """Have the picture sent anew, if the swap can be paid. Raises `InputError`."""
        followed = await self._own(swap, person)
        await self._store.drop_picture(swap)
        if followed.picture is not None:
            self._cards.retire(followed.chat, followed.picture)
        self._cards.repaint(swap)
        return replace(followed, picture=None)

    async def mark(
        self, swap: SwapId, *, person: PersonId, chat: ChatId, paid: bool, transaction: str = ""
    ) -> FollowedSwap:
        """Tell the service that the deposit was sent, with its transaction's id unless that is empty; or take it back.

        Sent once. Without an answer the marking is unsure, from before it was sent, so that nobody sends it again
        unasked. A second tap meanwhile changes nothing. Raises `InputError`, `NotLinked`, and what changes raise.
        """
        followed = await self._own(swap, person)
        if followed.swap.status.is_final:
            raise InputError("This swap has ended.")
        said = Marking.MARKED if paid else Marking.UNMARKED
        nothing_new = followed.marking is said and (not transaction or followed.swap.deposit_transaction == transaction)
        if nothing_new or swap in self._marking:
            return followed
        self._marking.add(swap)
        try:
            return await self._send_marking(followed, said, transaction, chat=chat)
        finally:
            self._marking.discard(swap)

    async def look(self, followed: FollowedSwap) -> None:
        """Read a swap that is due. A failed read is no evidence: it only means to look again, later each time."""
        try:
            if not await self._is_in(followed.person):
                await self._look_again(followed, after=_WITHOUT_ACCESS)
                return
            await self._read(followed, Priority.WATCHER)
            self._failures.pop(followed.id, None)
            await self._key_watch.worked(followed.account)
        except NotLinked:
            await self._stop(followed)
        except ChatbotError as error:
            await self._failed(followed, error)
        except Exception:
            log.exception("looking at a swap failed", swap=followed.id)
            await self._back_off(followed)

    async def _read(self, followed: FollowedSwap, priority: Priority) -> FollowedSwap:
        began = self._clock.now()
        account, key = await self._opened(followed)
        reference = followed.swap.reference
        swap = await self._services[account.venue].swap(key, reference=reference, priority=priority)
        listed = await self._coins[account.venue].listed(priority=priority)
        return await self._book.note(followed, swap, began=began, listed=listed)

    async def _read_with_any_key(self, reference: str, person: PersonId) -> tuple[Account, Swap]:
        """With the one that swaps are made with, or else with another of the person's. A key that could not be asked
        says more about what was not found than those that could.
        """
        first = await self._accounts.swap_account(person)
        linked = [each for each in await self._keys.of(person) if each.venue in self._services and each != first]
        refusals: list[Refused | KeyRejected] = []
        for account in (first, *linked):
            key = await self._keys.swap_key(account.id, of=person)
            try:
                service = self._services[account.venue]
                return account, await service.swap(key, reference=reference, priority=Priority.PERSON)
            except (SwapNotFound, NotPermitted, KeyRejected) as error:
                refusals.append(error)
        raise next((each for each in refusals if not isinstance(each, SwapNotFound)), refusals[0])

    async def _own(self, swap: SwapId, person: PersonId) -> FollowedSwap:
        followed = await self.get(swap, person=person)
        if followed is None:
            raise InputError("I do not know this swap. /swaps lists yours.")
        return followed

    async def _opened(self, followed: FollowedSwap) -> tuple[Account, SwapKey]:
        """The account of a swap, and its key. Raises `NotLinked`."""
        account = await self._keys.get(followed.account)
        if account is None or account.venue not in self._services:
            raise NotLinked
        return account, await self._keys.swap_key(account.id, of=followed.person)

    async def _send_marking(
        self, followed: FollowedSwap, said: Marking, transaction: str, *, chat: ChatId
    ) -> FollowedSwap:
        account, key = await self._opened(followed)
        before = followed.marking
        await self._set_marking(followed, Marking.UNSURE)
        began = self._clock.now()
        try:
            swap = await self._services[account.venue].mark(
                key,
                reference=followed.swap.reference,
                paid=said is Marking.MARKED,
                transaction=transaction,
                permit=self._permits.permit(followed.person),
            )
        except OutcomeUnknown:
            await self._write_down(followed, said, result="outcome unknown", chat=chat)
            return await self._hasten(followed)
        except ChatbotError as error:  # nothing was changed
            await self._set_marking(followed, before)
            self._cards.repaint(followed.id)
            if isinstance(error, Refused | KeyRejected):
                await self._write_down(followed, said, result="refused", chat=chat)
            raise
        noted = await self._book.note(followed, swap, began=began, marking=said)
        await self._write_down(followed, said, result="", chat=chat)
        return noted

    async def _set_marking(self, followed: FollowedSwap, marking: Marking) -> None:
        await self._store.update(followed.id, lambda current: replace(current, marking=marking), now=self._clock.now())

    async def _hasten(self, followed: FollowedSwap) -> FollowedSwap:
        now = self._clock.now()
        hastened = await self._store.update(
            followed.id, lambda current: replace(current, next_look_at=now + BRISK), now=now
        )
        self._cards.repaint(followed.id)
        return hastened

    async def _write_down(self, followed: FollowedSwap, said: Marking, *, result: str, chat: ChatId) -> None:
        deed = Deed.SWAP_MARKED if said is Marking.MARKED else Deed.SWAP_UNMARKED
        await self._journal.record(
            Event(
                deed=deed,
                person=followed.person,
                chat=chat,
                account=followed.account_label,
                subject=f"swap {followed.swap.reference}",
                result=result,
            )
        )

    async def _failed(self, followed: FollowedSwap, error: ChatbotError) -> None:
        log.info("cannot look at swap now", swap=followed.id, kind=type(error).__name__)
        if isinstance(error, KeyRejected):
            await self._key_watch.rejected(followed.account, error.status)
        slowly = isinstance(error, KeyRejected | Refused)  # the order itself may be unknown to the service all at once
        await self._back_off(followed, at_least=KEY_TROUBLE if slowly else timedelta(0))

    async def _back_off(self, followed: FollowedSwap, *, at_least: timedelta = timedelta(0)) -> None:
        """Twice as long after each failure as after the one before; never sooner than it would have been."""
        failures = self._failures.get(followed.id, 0)
        self._failures[followed.id] = min(failures + 1, _MOST_DOUBLINGS)
        now = self._clock.now()
        if is_let_go(followed, now=now):
            await self._update(followed, lambda current: replace(current, next_look_at=None))
            return
        usual = pause_after(followed, now=now) or _AFTER_THE_END
        longest = max(usual, KEY_TROUBLE)
        await self._look_again(followed, after=max(at_least, min(usual * 2**failures, longest)))

    async def _look_again(self, followed: FollowedSwap, *, after: timedelta) -> None:
        now = self._clock.now()

        def later(current: FollowedSwap) -> FollowedSwap:
            return current if current.next_look_at is None else replace(current, next_look_at=now + after)

        await self._update(followed, later)

    async def _stop(self, followed: FollowedSwap) -> None:
        """Its key is erased: there is no following it any more, and its card says so."""
        await self._update(followed, lambda current: replace(current, next_look_at=None))
        self._cards.repaint(followed.id)

    async def _update(self, followed: FollowedSwap, change: Callable[[FollowedSwap], FollowedSwap]) -> None:
        try:
            await self._store.update(followed.id, change, now=self._clock.now())
        except KeyError:
            log.info("a swap is no longer followed", swap=followed.id)  # its person was forgotten meanwhile
