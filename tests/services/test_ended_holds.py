"""What is left of a hold whose withdrawal ended unsent: nothing that a later one could use."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Obstacle, Stopped
from chatbot.domain.ids import MessageId
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.protected import AddAlias
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.services.tickets import TOO_LATE
from tests.services.house import ANNA, BORIS, CHAT, House
from tests.services.withdrawing import held, send_when_due

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


async def _cancel(house: House, ticket: Ticket) -> None:
    await house.tickets.decline(ticket.id, person=ANNA, chat=CHAT)


async def _lock(house: House, ticket: Ticket) -> None:
    await house.locks.lock(ANNA, chat=CHAT, message=MessageId(1))
    await house.locks.unlock(ANNA, chat=CHAT, message=MessageId(2), factor_since=None)
    house.clock.pass_(3_600)
    await house.locks.open_due()


async def _halt(house: House, ticket: Ticket) -> None:
    await house.locks.halt(BORIS, chat=CHAT)
    await send_when_due(house, ticket)
    await house.locks.resume(BORIS, chat=CHAT)


async def _miss(house: House, ticket: Ticket) -> None:
    assert ticket.send_at is not None
    house.clock.at = ticket.send_at + TOO_LATE + SECOND
    await house.look(ticket)


End = Callable[[House, Ticket], Awaitable[None]]
ENDS: tuple[End, ...] = (_cancel, _lock, _halt, _miss)


async def added(house: House, words: str) -> None:
    said = await house.aliases.say(words, person=ANNA)
    assert isinstance(said, AddAlias)
    await house.aliases.add(said, person=ANNA, chat=CHAT)


@pytest.mark.parametrize("end", ENDS)
async def test_after_a_first_use_that_came_to_nothing_the_next_waits_whole(
    house: House, account: Account, end: End
) -> None:
    ticket = await held(house)
    await end(house, ticket)
    assert not (await house.read(ticket)).state.is_waiting
    house.clock.at += DAY
    again = await held(house)
    assert account and again.send_at == house.clock.at + DAY


async def test_of_two_that_are_held_the_last_to_end_takes_the_alias_along(house: House, account: Account) -> None:
    first, second = await held(house, "BTC 0.01 savings"), await held(house, "BTC 0.02 savings")
    house.clock.pass_(3_600)
    await _cancel(house, first)
    third = await held(house, "BTC 0.01 savings")
    assert third.send_at == house.clock.at + DAY  # not with what is left of the first one's
    await _cancel(house, second)
    await _cancel(house, third)
    assert account and (await house.aliases.of(ANNA)).aliases == ()


async def test_the_hold_of_an_alias_added_by_hand_begins_anew(house: House, account: Account) -> None:
    await added(house, "BTC savings")
    house.clock.pass_(3_600)
    await _cancel(house, await held(house))
    (alias,) = (await house.aliases.of(ANNA)).aliases
    assert account and alias.held_until == house.clock.at + DAY


async def test_an_alias_that_was_sent_to_is_not_held_again(house: House, account: Account) -> None:
    waiting = await held(house, "BTC 0.01 savings")
    sent = await held(house, "BTC 0.02 savings")
    assert (await send_when_due(house, sent)).state is TicketState.DONE
    await _cancel(house, waiting)
    assert account and (await house.confirm(await house.withdrawal_card("BTC 0.01 savings"))).state is TicketState.DONE


async def test_adding_by_hand_rings_with_the_time_from_which_it_serves(house: House, account: Account) -> None:
    await added(house, "BTC savings")
    (alarm,) = [notice for notice in await house.told() if isinstance(notice, Alarm)]
    assert (alarm.kind, alarm.subject, alarm.account) == (AlarmKind.ALIAS_ADDED, "BTC to savings", account.label)
    assert alarm.due == house.clock.at + DAY


async def test_a_first_use_rings_as_a_withdrawal_alone(house: House, account: Account) -> None:
    await held(house)
    assert account and [notice.kind for notice in await house.told() if isinstance(notice, Alarm)] == [
        AlarmKind.WITHDRAWAL
    ]


async def test_nothing_is_added_while_locked(house: House, account: Account) -> None:
    said = await house.aliases.say("BTC savings", person=ANNA)
    await house.locks.lock(ANNA, chat=CHAT, message=MessageId(1))
    assert isinstance(said, AddAlias) and account
    with pytest.raises(Stopped) as caught:
        await house.aliases.add(said, person=ANNA, chat=CHAT)
    assert caught.value.obstacle is Obstacle.LOCKED and (await house.aliases.of(ANNA)).aliases == ()
