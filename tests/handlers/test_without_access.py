"""Somebody who was removed, or whom a narrower access no longer admits, keeps what protects and erases their own."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.drafts import CodeDraft, Dialogue
from chatbot.domain.ids import DialogueId, MessageId
from chatbot.domain.limits import LimitKind
from chatbot.domain.people import Access, Person, Role
from chatbot.domain.protected import Protected, RaiseLimit, Unlock
from chatbot.domain.tickets import TicketState
from handlers.actions import ConfirmTicket, ContinueTicket, DeclineTicket
from handlers.views import door
from tests.handlers.conversation import Conversation
from tests.services.house import ANNA, BORIS, CHAT, House

OPEN_TO_HER = ["/lock", "/panic", "/pending", "/unlink", "/accounts", "/forget"]
CLOSED_TO_HER = [
    "/buy 0.001 BTC",
    "/withdraw BTC 0.01 savings",
    "/balance",
    "/link",
    "/unlock",
    "/halt",
    "/limits order 10",
    "/alias add XRP mine",
    "/2fa",
    "/audit",
    "/help",
    "hello",
]


@pytest.fixture
async def account(house: House) -> Account:
    await house.storage.people.add(Person(id=ANNA, name="Anna", role=Role.MEMBER, joined_at=house.clock.now()))
    return await house.link()


@pytest.fixture
async def anna(house: House, account: Account) -> Conversation:
    return Conversation(house, owner=False, access=Access.INVITE)


@pytest.fixture
async def removed(house: House, anna: Conversation) -> Conversation:
    await house.people(BORIS).remove(ANNA, by=BORIS)
    return anna


def was_turned_away(conversation: Conversation) -> bool:
    return [shown.text for shown in conversation.shown][-1:] in ([], [door.STRANGER])


@pytest.mark.parametrize("said", OPEN_TO_HER)
async def test_a_removed_person_may_still_stop_look_cancel_and_erase(removed: Conversation, said: str) -> None:
    await removed.say(said)
    assert not was_turned_away(removed)


@pytest.mark.parametrize("said", CLOSED_TO_HER)
async def test_everything_else_is_closed_to_them(removed: Conversation, said: str) -> None:
    await removed.say(said)
    assert was_turned_away(removed)


async def test_a_member_that_only_owners_are_admitted_beside_may_too(house: House, account: Account) -> None:
    anna = Conversation(house, owner=False, access=Access.OWNERS)
    await anna.say("/lock")
    assert house.locks.of(ANNA) is not None
    await anna.say("/buy 0.001 BTC")
    assert anna.last.text == door.STRANGER


async def test_somebody_removed_can_unlink_and_then_forget(house: House, removed: Conversation) -> None:
    await removed.say("/unlink")
    await removed.tap("Unlink")
    assert await house.storage.accounts.of(ANNA) == ()


async def test_a_removed_persons_held_withdrawal_is_never_sent(house: House, account: Account) -> None:
    held = await house.confirm(await house.withdrawal_card("BTC 0.05 cold"))
    assert held.state is TicketState.HELD and held.send_at is not None
    await house.people(BORIS).remove(ANNA, by=BORIS)
    assert (await house.read(held)).state is TicketState.REFUSED
    house.clock.at = held.send_at
    await house.settling.look(await house.read(held))
    assert house.exchange.withdrawals == []


async def test_without_access_a_waiting_card_can_be_cancelled_and_not_confirmed(house: House, account: Account) -> None:
    anna = Conversation(house, owner=False, access=Access.OWNERS)
    order, withdrawal = await house.order_card(account), await house.withdrawal_card("BTC 0.05 cold")
    held = await house.confirm(await house.withdrawal_card("BTC 0.05 other"))
    for action in (ConfirmTicket(ticket=order.id), ContinueTicket(ticket=withdrawal.id)):
        await anna.tap_forged(action)
    assert anna.chat.alerts == [door.STRANGER] * 2
    for ticket in (order, withdrawal, held):
        await anna.tap_forged(DeclineTicket(ticket=ticket.id))
        assert (await house.read(ticket)).state is TicketState.DECLINED
    assert not house.exchange.sent and not house.exchange.withdrawals


async def test_access_given_again_says_what_stays_paused(house: House, anna: Conversation) -> None:
    await anna.say("/board BTC")
    anna.chat.messages.clear()
    await house.people(BORIS).remove(ANNA, by=BORIS)
    link = await house.people(BORIS).invite(BORIS)
    await anna.say(f"/start {link.payload}")
    assert anna.last.text.startswith("Welcome, you have access now. Still paused here: 1 board (/board).")
    assert await house.storage.boards.to_paint() == ()


@pytest.mark.parametrize("kind", ["unlock", "raise"])
async def test_a_question_from_before_does_nothing_that_is_closed_now(
    house: House, account: Account, removed: Conversation, kind: str
) -> None:
    raised = RaiseLimit(account=account.id, kind=LimitKind.ORDER, value=Decimal(10**9))
    await house.locks.lock(ANNA, chat=CHAT, message=MessageId(0))
    await house.storage.dialogues.put(_question(house, Unlock() if kind == "unlock" else raised))
    await removed.say("4711")
    assert "not for you" in removed.last.text
    assert house.locks.of(ANNA) is not None and house.locks.of(ANNA).opens_at is None  # type: ignore[union-attr]
    assert (await house.storage.limits.of(account.id, now=house.clock.now()))[1] == ()


def _question(house: House, action: Protected) -> Dialogue:
    return Dialogue(
        id=DialogueId("d1"),
        person=ANNA,
        chat=CHAT,
        message=None,
        draft=CodeDraft(action=action, number="4711"),
        expires_at=house.clock.now() + timedelta(minutes=5),
    )
