"""Going through the questions of swaps in a house, and reading what they came to."""

from datetime import timedelta
from typing import Any

from chatbot.domain.accounts import Account
from chatbot.domain.ids import MessageId, SwapId
from chatbot.domain.intents import CreateSwap, PayoutTerms, SetPayout, SwapTerms
from chatbot.domain.swaps import Coin, FollowedSwap, Marking, SwapStatus
from chatbot.domain.tickets import Ticket
from chatbot.services.swap_payouts import AskedPayout
from chatbot.services.swaps import AskedSwap
from tests.fakes.swap_service import BTC, USDC, swap
from tests.services.house import ANNA, CHAT, House

ETH_ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
TRON_ADDRESS = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"
XRP_ADDRESS = "rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B"


def create(ticket: object) -> CreateSwap:
    assert isinstance(ticket, Ticket) and isinstance(ticket.intent, CreateSwap)
    return ticket.intent


def terms(ticket: object) -> SwapTerms:
    assert isinstance(ticket, Ticket) and isinstance(ticket.terms, SwapTerms)
    return ticket.terms


def payout(ticket: object) -> tuple[SetPayout, PayoutTerms]:
    assert isinstance(ticket, Ticket) and isinstance(ticket.intent, SetPayout)
    assert isinstance(ticket.terms, PayoutTerms)
    return ticket.intent, ticket.terms


def asked(result: object) -> AskedSwap:
    assert isinstance(result, AskedSwap)
    return result


def asked_payout(result: object) -> AskedPayout:
    assert isinstance(result, AskedPayout)
    return result


def labels(question: AskedSwap) -> list[str]:
    return [choice.label for choice in question.draft.choices]


async def say(house: House, text: str) -> AskedSwap | Ticket:
    return await house.swaps.say(text, person=ANNA, chat=CHAT)


async def answer(house: House, text: str) -> AskedSwap | Ticket:
    dialogue = await house.questions.open_in(CHAT, person=ANNA)
    assert dialogue is not None
    return await house.swaps.answer(dialogue, text)


async def answer_payout(house: House, text: str) -> AskedPayout | Ticket:
    dialogue = await house.questions.open_in(CHAT, person=ANNA)
    assert dialogue is not None
    return await house.swaps.answer_payout(dialogue, text)


async def choose(house: House, question: AskedSwap, label: str) -> AskedSwap | Ticket:
    at = next(at for at, each in enumerate(labels(question)) if label in each)
    chosen = await house.swaps.choose(question.dialogue.id, at, person=ANNA, chat=CHAT)
    assert isinstance(chosen, AskedSwap | Ticket)
    return chosen


async def card(house: House, words: str) -> Ticket:
    """The card that a line leads to, without a refund address."""
    ticket = await skip_refund(house, await say(house, words))
    assert isinstance(ticket, Ticket)
    return ticket


async def skip_refund(house: House, result: object) -> AskedSwap | Ticket:
    return await choose(house, asked(result), "Skip")


async def follow(house: House, account: Account, *, coin: Coin = BTC, **changes: Any) -> FollowedSwap:
    """A swap of Anna's into a coin, made elsewhere, that the service knows and that is looked after."""
    made = swap(**changes)
    house.swap_service.put(await house.storage.accounts.swap_key(account.id), made)
    followed = FollowedSwap(
        id=SwapId(0),
        account=account.id,
        account_label=account.label,
        is_live=False,
        person=ANNA,
        chat=CHAT,
        message=MessageId(600),
        picture=None,
        ticket=None,
        swap=made,
        deposit=USDC,
        withdraw=coin,
        marking=Marking.UNMARKED,
        doubts=(),
        seen_at=house.clock.now(),
        next_look_at=None if made.status is SwapStatus.COMPLETED else house.clock.now() + timedelta(minutes=1),
    )
    return await house.storage.swaps.follow(followed)
