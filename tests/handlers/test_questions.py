"""Ending a question."""

from chatbot.domain.accounts import Account
from tests.handlers.conversation import Conversation
from tests.services.house import CARD, House


async def test_stop_says_that_an_open_card_is_not_stopped_by_it(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("/buy 0.02 BTC")
    await anna.say("/stop")
    assert anna.last.text.startswith("Stopped.") and "A card with Confirm on it is no question" in anna.last.text
    (ticket,) = await house.storage.tickets.pending()
    await house.tickets.attach(ticket.id, CARD)
    await house.tap(ticket)
    assert house.exchange.changes == 1
