"""/route and its buttons: what is compared is only looked up, and a tap opens a card that is confirmed as ever."""

from dataclasses import replace

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.ids import DialogueId, TicketId
from chatbot.domain.people import Access
from chatbot.domain.route_drafts import RouteDraft, RouteKind
from chatbot.domain.tickets import Ticket
from handlers.actions import CompareConversion, CompareTicket, SecondOrder, TakeRoute
from handlers.views.door import STRANGER
from handlers.views.tickets import card
from tests.fakes.values import BTC, ETH, book, levels
from tests.handlers.conversation import Conversation
from tests.handlers.swapping import Desk
from tests.services.house import ANNA, CARD, CHAT, House


@pytest.fixture(autouse=True)
def books(house: House) -> None:
    house.exchange.books = {
        BTC.code: replace(book(), bids=levels(("59950", "10")), asks=levels(("60050", "10"))),
        ETH.code: replace(book(), market=ETH.code, bids=levels(("2499", "100")), asks=levels(("2501", "100"))),
    }


def labels(anna: Conversation) -> list[str]:
    return [key["text"] for key in anna.last.keys]


async def test_what_is_given_is_said_back_and_what_is_not_linked_is_one_line_each(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("/route 0.5k usdt to ethereum")
    assert anna.last.text.startswith("Give 500 USDT, get ETH\nMiddle price 2,500 USDT for 1 ETH\n\n1. Order book: ")
    assert "Instant Trade needs /link instant\nn.exchange: /swap begins with play money" in anna.last.text
    assert labels(anna) == ["1. Buy ETH", "Never mind"] and house.exchange.changes == 0


async def test_the_order_books_button_opens_its_card_in_the_comparisons_place(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("/route 100 USDT to ETH")
    shown = len(anna.shown)
    await anna.tap("1. Buy ETH")
    assert anna.last.text.startswith("Buy ") and "Confirm" in labels(anna) and len(anna.shown) == shown
    await anna.say("/route 0.1 BTC to ETH")
    await anna.tap("1. Sell BTC first")
    assert anna.last.text.startswith("Sell 0.1 BTC") and house.exchange.changes == 0


async def test_instant_trades_button_opens_its_quote(house: House, anna: Conversation, account: Account) -> None:
    await house.sessions.link_practice(ANNA, account.id)
    await anna.say("/route 100 USDT to ETH")
    assert labels(anna)[0] == "1. Convert"
    await anna.tap("1. Convert")
    assert "100 USDT" in anna.last.text and "Confirm" in labels(anna)
    assert house.instant.sent == []


async def test_the_swaps_button_asks_for_the_address_it_needs(desk: Desk, anna: Conversation, account: Account) -> None:
    await anna.say("/route 500 USDC to BTC")
    assert labels(anna) == ["1. Swap at n.exchange", "Never mind"]
    await anna.tap("1. Swap")
    assert anna.last.text.startswith("Swap 500 USDC on Ethereum to BTC") and "Where to?" in anna.last.text
    assert desk.service.sent == []


async def test_a_market_card_can_be_compared_and_stays(house: House, anna: Conversation, account: Account) -> None:
    await anna.say("/buy 100 USDT of ETH")
    await anna.tap("Compare")
    card, comparison = anna.shown[-2:]
    assert comparison.text.startswith("Give 99.99 USDT, get ETH\n99.999984 USDT was cut") and "Confirm" in [
        key["text"] for key in card.keys
    ]
    await anna.say("/sell 0.1 BTC")
    await anna.tap("Compare")
    assert anna.last.text.startswith("Give 0.1 BTC, get USDT")
    await anna.say("/buy 0.1 ETH @ 2000")
    assert "Compare" not in labels(anna)


async def test_a_quotes_card_can_be_compared_and_so_can_what_instant_trade_does_not_take(
    house: House, anna: Conversation, account: Account
) -> None:
    await house.sessions.link_practice(ANNA, account.id)
    await anna.say("/convert 100 USDT to ETH")
    await anna.tap("Compare")
    assert anna.last.text.startswith("Give 100 USDT, get ETH") and labels(anna)[0] == "1. Convert"
    await anna.say("/convert 5000 USDT to ETH")
    assert labels(anna)[0] == "Use 2,500 USDT"
    await anna.tap("Compare")
    assert anna.last.text.startswith("Give 5,000 USDT, get ETH") and labels(anna)[0] == "1. Buy ETH"
    assert "Instant Trade: It takes at most 2,500 USDT." in anna.last.text
    await anna.say("/convert BTC to USDT")
    assert "Compare" not in labels(anna)
    question = await house.questions.open_in(CHAT, person=ANNA)
    assert question is not None
    await anna.tap_forged(CompareConversion(dialogue=question.id))
    assert anna.chat.alerts == ["This comparison is over. /route compares anew."]
    assert house.instant.sent == []


async def test_words_choose_a_way_too_and_a_second_thought_replaces_the_question(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("/route 100 USDT to ETH")
    await anna.say("perhaps")
    assert anna.last.text == "Say book for 100 USDT, or tap one. /stop ends this."
    await anna.say("btc?")
    assert anna.last.text.startswith("BTC/USDT") and await house.questions.open_in(CHAT, person=ANNA) is not None
    await anna.say("orders")
    assert "orders" in anna.last.text and await house.questions.open_in(CHAT, person=ANNA) is None
    await anna.say("/route 100 USDT to ETH")
    await anna.say("Book")
    assert anna.last.text.startswith("Buy ") and "Confirm" in labels(anna)


async def test_a_comparison_that_is_over_opens_nothing(house: House, anna: Conversation, account: Account) -> None:
    await anna.say("/route 100 USDT to ETH")
    await anna.say("/stop")
    await anna.tap("1. Buy ETH")
    assert anna.chat.alerts == ["This comparison is over. /route compares anew."]
    await anna.tap_forged(CompareTicket(ticket=TicketId("no-such-card")))
    assert "not known here" in (anna.chat.alerts[-1] + anna.last.text)


async def test_a_way_that_was_not_offered_is_not_opened_by_a_forged_tap(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("/route 100 USDT to ETH")
    question = await house.questions.open_in(CHAT, person=ANNA)
    assert question is not None and isinstance(question.draft, RouteDraft)
    await anna.tap_forged(TakeRoute(dialogue=question.id, kind=RouteKind.SWAP))
    await anna.tap_forged(TakeRoute(dialogue=DialogueId("elsewhere"), kind=RouteKind.BOOK))
    assert anna.chat.alerts == ["This comparison is over. /route compares anew."] * 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("/route", "Say what you give and what you want: /route 100 USDT to ETH"),
        ("/route 60,000 USDT to BTC", "“60,000” can mean 60000 or 60."),
        ("/route 100 USDT to usdt", "USDT is what you give already."),
    ],
)
async def test_what_cannot_be_compared_is_said(anna: Conversation, account: Account, words: str, said: str) -> None:
    await anna.say(words)
    assert anna.last.text.startswith(said)


async def test_after_the_command_alone_the_amount_and_the_coins_are_enough(
    anna: Conversation, account: Account
) -> None:
    await anna.say("/route")
    await anna.say("100 USDT to ETH")
    assert anna.last.text.startswith("Give 100 USDT, get ETH") and labels(anna)[0] == "1. Buy ETH"


async def test_strangers_are_not_compared_anything(house: House) -> None:
    anna = Conversation(house, owner=False, access=Access.INVITE)
    await anna.say("/route 100 USDT to ETH")
    assert anna.last.text == STRANGER


async def test_once_the_first_of_two_orders_is_filled_its_card_offers_the_second_for_what_it_brought(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("/route 0.1 BTC to ETH")
    await anna.tap("1. Sell BTC first")
    assert "Once it is filled, I offer the second here, to get ETH." in anna.last.text
    ticket = await house.tap(await opened(house))
    assert "2. Buy ETH" not in str(card(ticket, now=house.clock.at).rows)
    done = card(await house.look_when_due(ticket), now=house.clock.at)
    assert [key.label for row in done.rows for key in row] == ["2. Buy ETH for 5,985 USDT"]
    changes = house.exchange.changes
    await anna.tap_forged(SecondOrder(ticket=ticket.id))
    assert anna.last.text.startswith("Buy 2.39") and "ETH at the market" in anna.last.text
    assert "Confirm" in labels(anna) and house.exchange.changes == changes and "first of two" not in anna.last.text


async def opened(house: House) -> Ticket:
    """The card that waits for its tap, known to stand where the house taps."""
    (ticket,) = await house.storage.tickets.pending()
    await house.tickets.attach(ticket.id, CARD)
    return ticket


async def test_an_order_that_is_no_first_of_two_has_no_second(
    house: House, anna: Conversation, account: Account
) -> None:
    ticket = await house.order_card(account)
    await anna.tap_forged(SecondOrder(ticket=ticket.id))
    assert anna.last.text == "No second order follows this one."
