"""Random lives of the practice exchange: money is conserved to the last digit, and holds are exact."""

import random
from contextlib import suppress
from decimal import localcontext

from chatbot.paper.exchange import Exchange
from chatbot.paper.market import CURRENCIES
from chatbot.paper.orders import Kind, Side
from chatbot.paper.refusals import Refused
from tests.paper.setting import Hands
from tests.paper.test_conservation import (
    TRADED,
    Cancel,
    Close,
    Deed,
    Deposit,
    Jump,
    Live,
    Place,
    Withdraw,
    assert_books_balance,
    lively_exchange,
)
from tests.prove.proof import Proof, Run

_DEEDS = 200
"""Of one case: longer lives meet states that short ones do not."""
_LOOK_CLOSELY_EVERY = 10


def prove(run: Run) -> None:
    for case, chance in run.cases(worth=_DEEDS):
        try:
            _live(chance)
        except AssertionError as error:
            run.fail(case, f"the books do not balance {error}")


def _live(chance: random.Random) -> None:
    hands = Hands()
    exchange = lively_exchange(hands, seed=chance.randint(0, 9))
    for number in range(1, _DEEDS + 1):
        hands.pass_(0.2)
        with suppress(Refused):
            _deed(chance).happen(exchange)
        _assert_conserved(exchange)
        if number % _LOOK_CLOSELY_EVERY == 0:
            assert_books_balance(exchange)


def _assert_conserved(exchange: Exchange) -> None:
    with localcontext(prec=100):
        for currency in CURRENCIES:
            total, deposited = exchange.ledger.total(currency), exchange.ledger.deposited[currency]
            assert total == deposited, f"{currency}: {total} of {deposited}"


def _deed(chance: random.Random) -> Deed:
    who, market = chance.randint(0, 1), chance.choice(TRADED)
    match chance.choice(("place", "place", "place", "cancel", "jump", "deposit", "withdraw", "close", "live")):
        case "place":
            return Place(
                market=market,
                who=who,
                side=chance.choice(list(Side)),
                kind=chance.choice(list(Kind)),
                amount=chance.randint(6, 30_000),
                permille=chance.randint(980, 1020),
            )
        case "cancel":
            return Cancel(who=who, which=chance.randint(0, 60))
        case "jump":
            return Jump(market=market, permille=chance.randint(900, 1100))
        case "deposit":
            return Deposit(who=who, currency=chance.choice(("BTC", "USDT")), total=chance.randint(0, 50_000))
        case "withdraw":
            currency = chance.choice(("BTC", "USDT", "XRP", "USD"))
            permille, decimals = chance.randint(0, 1500), chance.randint(0, 9)
            return Withdraw(who=who, currency=currency, permille=permille, decimals=decimals)
        case "close":
            return Close(which=chance.randint(0, 2), reject=chance.random() < 0.5)
        case _:
            return Live(beats=chance.randint(1, 12))


PROOF = Proof(
    name="ledger",
    claim="random lives of the practice exchange, withdrawals included: money conserved to the last digit, holds exact",
    required=200_000,
    sample=_DEEDS * 5,
    prove=prove,
    shares=2,
)
