"""Random lives of the practice exchange's swaps: no coin is made or lost, nothing is paid out twice."""

import random
from contextlib import suppress
from decimal import Decimal

from chatbot.paper.swaps.orders import Flow, Status
from chatbot.paper.swaps.refusals import Invalid
from tests.paper.setting import Hands
from tests.paper.swap_setting import still_venue
from tests.paper.test_swap_conservation import USED, Create, Deed, Pass, Pay, Put, assert_books_balance
from tests.prove.proof import Proof, Run

_DEEDS = 100
"""Of one case: longer lives meet states that short ones do not."""
_WRONG = (Decimal(0), Decimal(0), Decimal("0.000001"), Decimal(1))


def prove(run: Run) -> None:
    for case, chance in run.cases(worth=_DEEDS):
        try:
            _live(chance)
        except AssertionError as error:
            run.fail(case, f"the books do not balance {error}")


def _live(chance: random.Random) -> None:
    hands = Hands()
    venue = still_venue(hands)
    for number in range(1, _DEEDS + 1):
        with suppress(Invalid):
            _deed(chance, orders=len(venue.all())).happen(venue, hands)
        venue.catch_up()
        if number % 10 == 0:
            assert_books_balance(venue)


def _deed(chance: random.Random, *, orders: int) -> Deed:
    which = chance.randrange(orders + 1)
    match chance.choice(("create", "pay", "pay", "put", "pass", "pass")):
        case "create":
            return Create(
                deposit=chance.choice(USED),
                withdraw=chance.choice(USED),
                dollars=chance.randint(15, 2000),
                flow=chance.choice(list(Flow)),
                own=chance.random() < 0.5,
                more_decimals=chance.random() < 0.5,
            )
        case "pay":
            coin = chance.choice([None, None, *USED])
            return Pay(which=which, coin=coin, wrong=chance.choice(_WRONG), memo=chance.random() < 0.7)
        case "put":
            return Put(which=which, status=chance.choice(list(Status)))
        case _:
            return Pass(seconds=chance.choice((1, 3, 9, 30, 3600)))


PROOF = Proof(
    name="swap-coins",
    claim="random lives of the practice exchange's swaps: no coin made or lost, nothing paid out twice",
    required=100_000,
    sample=_DEEDS * 5,
    prove=prove,
)
