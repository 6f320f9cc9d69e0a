"""/convert in the chat: the card, its buttons, and what it becomes."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, OutcomeUnknown, Refused
from chatbot.domain.intents import Convert, MiddleSource
from chatbot.domain.money import Amount
from chatbot.domain.secrets import Session
from chatbot.domain.tickets import Moved, PriceRefused, TicketState
from handlers.actions import ConfirmTicket
from handlers.views.convert_cards import convert_card
from tests.handlers.conversation import Conversation
from tests.services.converting import card, of
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
    for words in (
        "− 0.01 BTC",
        "+ 600 USDT",
        "60,000 USDT",
        "for 1 BTC",
        "Range  0.00006579",
        "2,500 BTC",
        "Today  ",
        " s left",
    ):
        assert words in said, words
    assert "the order book's middle" in said and "than" in said
    assert {"Confirm", "⇄ The other way round", "Cancel"} <= set(labels(anna))


async def test_without_a_session_the_answer_says_how_to_link_one(house: House, account: Account) -> None:
    anna = Conversation(house)
    await meanwhile(house, anna.say(WHOLE))
    assert "/link instant" in anna.last.text and house.instant.calls == []
    assert labels(anna) == ["Practise Instant Trade"]


@pytest.mark.parametrize("by_hand", [False, True])
async def test_what_was_to_be_converted_goes_on_once_there_is_a_session(
    house: House, account: Account, by_hand: bool
) -> None:
    anna = Conversation(house)
    await meanwhile(house, anna.say("/convert BTC to get 100 USDT"))
    if by_hand:
        house.instant.open_session("user-1", "token-1")
        await anna.say("/link instant user-1 not-the-token")
        await anna.say("/link instant")
        await anna.say("user-1")
        await meanwhile(house, anna.say("token-1"))
    else:
        await meanwhile(house, anna.tap("Practise Instant Trade"))
    assert any(shown.text.startswith("Instant Trade is on") for shown in anna.shown)
    assert "You asked for 100: this gives just that." in anna.last.text and "Confirm" in labels(anna)
    assert house.instant.sent == []


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
    assert "\nYou get 6 USDT more than before." in anna.last.text and "+ 606 USDT" in anna.last.text
    await meanwhile(house, anna.tap("Confirm"))
    assert [sent.buy_text for sent in house.instant.sent] == ["600.00", "606.00"]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [(PriceRefused(), "The exchange refused this price"), (Moved(), "The balance no longer covers it")],
)
async def test_a_card_in_whose_place_a_new_one_opens_says_why_and_has_no_button_for_another(
    house: House, session: Session, outcome: PriceRefused | Moved, said: str
) -> None:
    ended = replace(await card(house), state=TicketState.REFUSED, outcome=outcome)
    screen = convert_card(ended, now=house.clock.now())
    assert said in screen.text.plain and "A new card followed." in screen.text.plain and screen.rows == ()


@pytest.mark.parametrize(("better", "label"), [("0.01", "Gains  1% better than"), ("-0.01", "Costs  1% worse than")])
async def test_what_a_quote_gains_against_the_middle_is_not_called_a_cost(
    house: House, session: Session, better: str, label: str
) -> None:
    ticket = await card(house)
    _, terms = of(ticket)
    compared = replace(terms, compared=MiddleSource.BOOK, difference=-Decimal(better), cost=Amount(Decimal(6), "USDT"))
    assert label in convert_card(replace(ticket, terms=compared), now=house.clock.now()).text.plain


@pytest.mark.parametrize(
    ("line", "example"),
    [
        ("BTC to USDT", "25%, max; or what to get: 100 USDT."),
        ("USDT to BTC", "25%, max; or how much BTC to get, with its code."),
    ],
)
async def test_no_hundred_coins_are_the_example_of_what_to_get(
    house: House, anna: Conversation, session: Session, line: str, example: str
) -> None:
    await anna.say(f"/convert {line}")
    assert example in anna.last.text


async def test_a_renewed_card_never_sends_the_quote_it_showed_before(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say(WHOLE))
    (first,) = await house.storage.tickets.pending()
    house.instant.prices["BTC"] = Decimal(59_000)
    await house.clock.advance(10)
    await house.settling.look(first)
    assert "+ 590 USDT" in await painted(house)
    await meanwhile(house, anna.tap("Confirm"))  # the button of the quote before is in the chat still
    assert house.instant.sent == [] and "renewed" in anna.chat.alerts[-1]


async def test_what_a_move_of_the_price_means_is_said_in_what_is_got(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say("/convert 600 USDT to BTC"))
    house.instant.prices["BTC"] = Decimal(62_500)
    await meanwhile(house, anna.tap("Confirm"))
    assert "⚠️ You get 0.0004 BTC less than before (≈ 25 USDT)." in anna.last.text


async def test_a_renewed_card_says_what_the_move_means_too(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say(WHOLE))
    for price, told in ((60_000, "than before"), (59_000, "⚠️ You get 10 USDT less than before.")):
        (shown,) = await house.storage.tickets.pending()
        house.instant.prices["BTC"] = Decimal(price)
        await house.renewals.renew(shown)
        assert (told in await painted(house)) is (price != 60_000)


async def test_a_wish_is_asked_for_anew_at_each_renewal_and_the_card_says_what_it_takes_now(
    house: House, anna: Conversation
) -> None:
    await meanwhile(house, anna.say("/convert BTC to get 100 USDT"))
    (shown,) = await house.storage.tickets.pending()
    house.instant.prices["BTC"] = Decimal(59_000)
    assert await house.renewals.renew(shown)
    (renewed,) = await house.storage.tickets.pending()
    said = await painted(house)
    assert "− 0.00169484 BTC" in said and "+ 100 USDT" in said and renewed.id != shown.id
    assert "⚠️ This takes 0.00002825 BTC more than before (≈ 1.667 USDT)." in said
    assert "You asked for 100: this gives just that." in said


async def test_a_wish_that_is_missed_is_marked(house: House, session: Session) -> None:
    shown = await card(house, "BTC to get 100 USDT")
    assert isinstance(shown.intent, Convert)
    missed = replace(shown, intent=replace(shown.intent, buy_text="99.94"))
    told = convert_card(missed, now=house.clock.now()).text.plain
    assert "⚠️ You asked for 100: this gives 0.06 less." in told


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


async def test_a_shortcut_replaces_the_question_unless_it_is_the_amount_that_was_asked_for(
    house: House, anna: Conversation
) -> None:
    await meanwhile(house, anna.say("/convert BTC to USDT"))
    await meanwhile(house, anna.say("buy 0.01 btc"))
    assert anna.last.text.startswith("Buy 0.01 BTC"), "not a card that sells"
    await meanwhile(house, anna.say("/convert BTC to USDT"))
    await meanwhile(house, anna.say("get 0.01 btc"))
    assert labels(anna)[:2] == ["Give 0.01 BTC for USDT", "Get 0.01 BTC for USDT"]
    await meanwhile(house, anna.say("btc?"))
    assert anna.last.text.startswith("BTC/USDT")
    await meanwhile(house, anna.say("/convert BTC to USDT"))
    await meanwhile(house, anna.say("600 usdt"))
    assert "You asked for 600: this gives just that." in anna.last.text


async def test_a_whole_conversion_answers_the_question_and_is_not_compared(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say("/convert BTC"))
    await meanwhile(house, anna.say("0.02 btc to usdt"))
    assert anna.last.text.startswith("Convert 0.02 BTC to USDT") and "Confirm" in labels(anna)


async def test_a_number_that_may_be_of_either_side_is_asked_back(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say("/convert btc to usdt 600"))
    assert "600 BTC out, or 600 USDT in?" in anna.last.text
    await meanwhile(house, anna.tap("Get 600 USDT for BTC"))
    assert "You asked for 600: this gives just that." in anna.last.text


async def test_after_a_refusal_an_amount_is_one_of_its_own(house: House, anna: Conversation) -> None:
    house.instant.fail("quote", Refused(code=1300, reason="market_not_found"))
    await meanwhile(house, anna.say("/convert 0.1 BTC to ZZZ"))
    await meanwhile(house, anna.say("500usdt"))
    assert anna.last.text.startswith("What about 500 USDT?")


async def test_an_amount_with_too_many_decimals_is_cut_in_sight(house: House, anna: Conversation) -> None:
    await meanwhile(house, anna.say("/convert 100.005 USDT to BTC"))
    assert "− 100 USDT" in anna.last.text
    assert "You said 100.005: USDT does not take so many decimals." in anna.last.text


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
