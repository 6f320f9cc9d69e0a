"""Anna's key for swaps with play money, and her cards."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import MessageId
from chatbot.domain.intents import CreateSwap, PayoutTerms, SetPayout, SwapTerms
from chatbot.domain.money import Amount
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.swaps import FollowedSwap, Swap
from chatbot.domain.tickets import Ticket
from tests.fakes.swap_service import BTC, PAYOUT, USDC, new_swap
from tests.services.house import ANNA, CARD, CHAT, House

SWAP_CARD = MessageId(800)
_AMOUNT = Amount(Decimal("0.0095"), "BTC")


async def link_swaps(house: House) -> Account:
    report = await house.accounts.link_practice_swaps(ANNA)
    assert report.account is not None and report.account.venue is Venue.PAPER_SWAPS
    for entry in await house.storage.outbox.due(now=house.clock.at, limit=99):
        if isinstance(entry.notice, Alarm) and entry.notice.kind is AlarmKind.LINKED:
            await house.storage.outbox.sent(entry.id)
    return report.account


async def swap_card(house: House, account: Account, **changes: Any) -> Ticket:
    """A card for 500 USDC to Bitcoin; `changes` are of what is sent. Shown as `CARD`."""
    intent = CreateSwap(account=account.id, new=new_swap(**changes), deposit=USDC, withdraw=BTC)
    terms = SwapTerms(
        deposit=Amount(Decimal(500), "USDC"),
        withdraw=_AMOUNT,
        price=Decimal(50_000),
        fee=Amount(Decimal("0.0005"), "BTC"),
        rate_until=house.clock.at + timedelta(seconds=60),
        least=None,
        most=None,
        warnings=(),
        value=Decimal(500),
        left=Amount(Decimal(10_000), "USDT"),
    )
    ticket = await house.tickets.open(intent, terms, person=ANNA, chat=CHAT, account=account)
    await house.tickets.attach(ticket.id, CARD)
    return ticket


async def payout_card(house: House, account: Account, reference: str, address: str = PAYOUT) -> Ticket:
    intent = SetPayout(account=account.id, reference=reference, withdraw=BTC, address=address)
    terms = PayoutTerms(withdraw=_AMOUNT, warnings=())
    ticket = await house.tickets.open(intent, terms, person=ANNA, chat=CHAT, account=account)
    await house.tickets.attach(ticket.id, CARD)
    return ticket


async def claim(house: House, ticket: Ticket) -> Ticket:
    return await house.tickets.claim(ticket.id, person=ANNA, chat=CHAT, message=CARD, with_factor=True)


async def tap(house: House, ticket: Ticket) -> Ticket:
    """Claim and send, as the tap on Confirm does."""
    return await house.tickets.execute(await claim(house, ticket))


async def settle(house: House, ticket: Ticket) -> Ticket:
    """Look whenever it is due, until it is no longer uncertain."""
    for _ in range(50):
        ticket = await house.look_when_due(ticket)
        if not ticket.state.is_open:
            return ticket
    raise AssertionError("it is uncertain for ever")


async def followed_by(house: House, ticket: Ticket) -> FollowedSwap:
    found = await house.storage.swaps.of_ticket(ticket.id)
    assert found is not None
    return found


async def created(house: House, account: Account, **changes: Any) -> FollowedSwap:
    """A swap that was confirmed and created, its card shown as `SWAP_CARD`."""
    ticket = await tap(house, await swap_card(house, account, **changes))
    followed = await followed_by(house, ticket)
    await house.storage.swaps.attach(followed.id, message=SWAP_CARD)
    return replace(followed, message=SWAP_CARD)


async def read(house: House, followed: FollowedSwap) -> FollowedSwap:
    found = await house.storage.swaps.get(followed.id)
    assert found is not None
    return found


async def look(house: House, followed: FollowedSwap) -> FollowedSwap:
    """One round for a swap when it is due."""
    standing = await read(house, followed)
    assert standing.next_look_at is not None
    house.clock.at = max(house.clock.at, standing.next_look_at)
    await house.followed_swaps.look(standing)
    return await read(house, followed)


def orders(house: House) -> list[Swap]:
    """Every order at the service, oldest first."""
    return [order for holder in house.swap_service.holders.values() for order in holder.orders.values()]
