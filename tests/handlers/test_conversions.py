"""/convert in the chat: the card, its buttons, and what it becomes."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, OutcomeUnknown
from chatbot.domain.secrets import Session
from chatbot.domain.tickets import TicketState
from handlers.actions import ConfirmTicket
from handlers.views.convert_cards import convert_card
from tests.handlers.conversation import Conversation
from tests.services.house import ANNA, House

WHOLE = "/convert 0.01 BTC to USDT"


@pytest.fixture
async def session(house: House, account: Account) -> Session:
    opened = house.instant.open_session()
    await house.sessions.link(ANNA, opened)
    return opened


@pytest.fixture
def anna(house: House, session: Session) -> Conversation:
    return Conversation(house)


def labels(anna: Conversation) -> list[str]:
    return [key["text"] for key in anna.last.keys]


async def meanwhile(house: House, work: Awaitable[object]) -> None:
    """Time goes by while something is done: a tap's answer, and each message, take their moment."""
    done = asyncio.ensure_future(work)
    while not done.done():
        await house.clock.advance(0.1)
        await asyncio.sleep(0.001)  # for the database, which lives in a thread
    await done


async def painted(house: House) -> str:
    """What the latest card shows once it is painted."""
    (ticket,) = await house.storage.tickets.pending()
    return convert_card(ticket, now=house.clock.now()).text.plain


async def test_the_card_says_what_goes_out_and_comes_in_the_price_the_limits_and_the_cost(
    house: House, anna: Conversation
) -> None:
    await meanwhile(house, anna.say(WHOLE))
    said = anna.last.text
    assert said.startswith("Convert 0.01 BTC to USDT")
    for words in ("− 0.01 BTC", "+ 600 USDT", "60,000 USDT", "for 1 BTC", "0.00006579", "2,500 BTC", "60 s left"):
        assert words in said, words
    assert "the order book's middle" in said and "than" in said
    assert {"Confirm", "⇄ The other way round", "Cancel"} <= set(labels(anna))


async def test_without_a_session_the_answer_says_how_to_link_one(house: House, account: Account) -> None:
    anna = Conversation(house)
    await meanwhile(house, anna.say(WHOLE))
    assert "/link instant" in anna.last.text and house.instant.calls == []


async def test_guided_by_buttons_to_a_card_that_is_confirmed(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say("/convert"))
    await meanwhile(house, anna.tap("BTC"))
    await meanwhile(house, anna.tap("USDT"))
    assert labels(anna) == ["25%", "50%", "75%", "Max", "⇄ The other way round", "Never mind"]
    await meanwhile(house, anna.tap("25%"))
    await meanwhile(house, anna.tap("Confirm"))
    assert [(sent.sell_text, sent.buy_text) for sent in house.instant.sent] == [("0.25000000", "15000.00")]


async def test_a_moved_price_executes_nothing_and_shows_a_new_card_with_the_difference(
    house: House, anna: Conversation
) -> None:
    await meanwhile(house, anna.say(WHOLE))
    house.instant.prices["BTC"] = Decimal(60_600)
    await meanwhile(house, anna.tap("Confirm"))
    assert len(house.instant.sent) == 1
    assert "1% higher than on the card before" in anna.last.text and "+ 606 USDT" in anna.last.text
    await meanwhile(house, anna.tap("Confirm"))
    assert [sent.buy_text for sent in house.instant.sent] == ["600.00", "606.00"]


async def test_a_renewed_card_never_sends_the_quote_it_showed_before(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say(WHOLE))
    (first,) = await house.storage.tickets.pending()
    house.instant.prices["BTC"] = Decimal(59_000)
    await house.clock.advance(10)
    await house.settling.look(first)
    assert "+ 590 USDT" in await painted(house)
    await meanwhile(house, anna.tap("Confirm"))  # the button of the quote before is in the chat still
    assert house.instant.sent == [] and "renewed" in anna.chat.alerts[-1]


async def test_turned_round_the_card_is_closed_and_the_other_way_is_asked(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say(WHOLE))
    (ticket,) = await house.storage.tickets.pending()
    await meanwhile(house, anna.tap("⇄"))
    assert anna.last.text.startswith("Convert USDT to BTC")
    assert (await house.read(ticket)).state is TicketState.DECLINED


async def test_an_amount_that_was_pasted_can_be_converted(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say("0.01 BTC"))
    await meanwhile(house, anna.tap("Convert 0.01 BTC"))
    await meanwhile(house, anna.tap("USDT"))
    assert anna.last.text.startswith("Convert 0.01 BTC to USDT") and "Confirm" in labels(anna)
    await meanwhile(house, anna.say("convert 0.02 btc to usdt"))
    assert anna.last.text.startswith("Convert 0.02 BTC to USDT")


async def test_what_is_lost_is_shown_as_not_known_and_never_sent_again(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say(WHOLE))
    house.instant.fail("convert", OutcomeUnknown(Cause.BROKEN))
    await meanwhile(house, anna.tap("Confirm"))
    (ticket,) = await house.storage.tickets.unsettled_of(ANNA)
    said = convert_card(ticket, now=house.clock.now()).text.plain
    assert "Outcome not known yet" in said and "not sent again" in said
    await meanwhile(house, anna.tap_forged(ConfirmTicket(ticket=ticket.id)))
    await meanwhile(house, anna.say("/unlink instant"))
    assert "still being found out" in anna.last.text and house.instant.calls.count("convert") == 1


async def test_a_card_that_ran_out_offers_a_new_quote(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say(WHOLE))
    (ticket,) = await house.storage.tickets.pending()
    await house.clock.advance(timedelta(seconds=61).total_seconds())
    await house.settling.expire()
    shown = convert_card(await house.read(ticket), now=house.clock.now())
    assert "out of date" in shown.text.plain and shown.rows[0][0].label == "New quote"
