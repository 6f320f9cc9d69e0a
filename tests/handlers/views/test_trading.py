from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.domain.drafts import Choice, Dialogue, OrderDraft, OrderRequest, Quantity, QuantityKind, Question
from chatbot.domain.ids import ChatId, DialogueId
from chatbot.domain.orders import OrderType, Side
from chatbot.services.trading import Asked
from handlers.actions import Choose, DropDialogue
from handlers.views.screen import Press
from handlers.views.trading import question, said
from tests.fakes.values import situation
from tests.handlers.views.examples import MAIN, NOW

BUY = OrderRequest(side=Side.BUY)
BTC = replace(BUY, symbol="BTC")
TOTAL = Quantity(kind=QuantityKind.TOTAL, value=Decimal(100))
ALL = Quantity(kind=QuantityKind.PERCENT, value=Decimal(100))
QUARTER = replace(ALL, value=Decimal(25))
HERE = situation()
TALK = DialogueId("d" * 22)


def asked(request: OrderRequest, asking: Question | None, *labels: str, problem: str = "", known: bool = True) -> Asked:
    draft = OrderDraft(
        request=request, asking=asking, choices=tuple(Choice(label=label, request=request) for label in labels)
    )
    dialogue = Dialogue(id=TALK, person=MAIN.person, chat=ChatId(1), message=None, draft=draft, expires_at=NOW)
    return Asked(dialogue=dialogue, draft=draft, account=MAIN, problem=problem, facts=HERE if known else None)


def test_a_question_shows_what_is_known_and_what_can_be_answered() -> None:
    screen = question(asked(BTC, Question.QUANTITY, "25% · 0.01 BTC", "Max · 0.04 BTC"))
    assert str(screen.text) == (
        "<b>Buy BTC</b>\n"
        "Bid <code>60,000.00</code> · ask <code>60,100.00</code>\n"
        "You have <code>1,000</code> USDT available\n"
        "Tap a share, or write an amount: 0.01, 25% or all.\n"
        "<i>paper-1 · PAPER</i>"
    )
    assert screen.rows == (
        (
            Press("25% · 0.01 BTC", Choose(dialogue=TALK, choice=0)),
            Press("Max · 0.04 BTC", Choose(dialogue=TALK, choice=1)),
        ),
        (Press("Never mind", DropDialogue(dialogue=TALK)),),
    )


def test_a_seller_sees_what_there_is_to_sell() -> None:
    shown = question(asked(replace(BTC, side=Side.SELL), Question.QUANTITY, "25%")).text.plain
    assert "You have 0.5 BTC available" in shown


def test_a_problem_stands_first_and_its_correction_is_a_button() -> None:
    screen = question(asked(BTC, None, "0.01 BTC", problem="Too <much>.", known=False))
    assert str(screen.text) == "<b>Buy BTC</b>\nToo &lt;much&gt;.\n<i>paper-1 · PAPER</i>"
    assert [key.label for row in screen.rows for key in row] == ["Use 0.01 BTC", "Never mind"]


def test_nothing_to_choose_is_explained() -> None:
    shown = question(asked(BTC, Question.QUANTITY)).text.plain
    assert "less than the smallest order of 5 USDT (about 0.00008326 BTC)" in shown


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (BUY, "Buy"),
        (replace(BTC, quantity=Quantity(kind=QuantityKind.VOLUME, value=Decimal("0.010"))), "Buy 0.01 BTC"),
        (replace(BTC, quantity=QUARTER), "Buy BTC with 25% of what you have"),
        (replace(BTC, quantity=ALL, price=Decimal(60_000)), "Buy BTC with all you have at 60,000"),
        (replace(BTC, quantity=TOTAL, total_currency="USDT"), "Buy BTC for 100 USDT"),
        (replace(BTC, quantity=TOTAL), "Buy BTC for 100 dollars"),
        (replace(BTC, quantity=QUARTER, side=Side.SELL), "Sell 25% of your BTC"),
        (replace(BTC, quantity=ALL, side=Side.SELL, price=Decimal(60_000)), "Sell all your BTC at 60,000"),
        (replace(BUY, quantity=QUARTER), "Buy with 25% of what you have"),
        (replace(BUY, quantity=ALL, side=Side.SELL), "Sell all your holdings"),
        (replace(BTC, type=OrderType.MARKET, side=Side.SELL), "Sell BTC at the market"),
        (replace(BTC, type=OrderType.LIMIT, post_only=True), "Buy BTC at a limit price, post-only"),
    ],
)
def test_what_was_understood_is_said_back(request_: OrderRequest, words: str) -> None:
    assert said(request_) == words


@pytest.mark.parametrize("asking", [Question.MARKET, Question.QUANTITY, Question.TYPE, Question.PRICE, None])
def test_every_question_of_an_order_can_be_drawn(asking: Question | None) -> None:
    assert len(question(asked(BTC, asking, *"abcdefg")).rows) >= 2
