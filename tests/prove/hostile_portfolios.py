"""What accounts are worth and what trades brought, with somebody's words in every field that is not ours."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from chatbot.domain.ids import AccountId, SubAccountId
from chatbot.domain.money import Amount
from chatbot.domain.portfolio import Change, LastPrice, Origin
from chatbot.domain.preferences import ValueCurrency
from chatbot.domain.results import NoResult, Result
from chatbot.domain.trade_sweeps import Coverage
from chatbot.ports.samples import SubAccount
from chatbot.services.portfolio import SPANS, OpenOrders, Portfolio, Realised, TradeResults
from chatbot.services.trades import CaughtUp, Source
from handlers.views import portfolio
from handlers.views.screen import Shown
from tests.fakes.pictures import png
from tests.handlers.views.examples import NOW
from tests.prove import hostile_values as some

Word = Callable[[], str]

_MANY = 60
"""Currencies: more than fit into a message."""
CAUGHT_UP = CaughtUp(source=Source.SESSION_ENDED, coverage=Coverage(since=NOW, until=NOW))


def read(word: Word) -> Portfolio:
    amounts = tuple(Amount(Decimal("0.12345678"), word()) for _ in range(_MANY))
    account = some.account(word)
    return Portfolio(
        account=account,
        account_name=word(),
        currency=ValueCurrency.USDT,
        wanted=ValueCurrency.EUR,
        value=Decimal("123456789.12"),
        changes=dict.fromkeys(SPANS, Change(since=NOW, gain=Decimal("-12345.678"), percent=Decimal("-1.2"))),
        begin=NOW,
        shares=amounts,
        last_prices=tuple((amount, _last_price(number)) for number, amount in enumerate(amounts)),
        unpriced=amounts,
        held=amounts,
        open_orders=OpenOrders(count=20, more=True),
        realised=Realised(result=Decimal("-12345.67890123"), trades=50_000),
        caught_up=CAUGHT_UP,
        others=tuple(_other(word, number, account.id) for number in range(6)),
        picture=png(),
        at=NOW,
    )


def _last_price(number: int) -> LastPrice:
    return LastPrice(price=Decimal("123456.789012345678"), origin=list(Origin)[number % len(Origin)], at=NOW)


def _other(word: Word, number: int, account: AccountId) -> SubAccount:
    """None is the one that is shown, whatever the words are."""
    return SubAccount(id=SubAccountId(number), account=account, name=f"{word()}{number}")


def brought(word: Word) -> TradeResults:
    results = tuple(
        Result(
            currency=word(),
            realised=Decimal("-12345.67890123"),
            amount=Decimal("0.12345678"),
            average=Decimal("61234.567890123456789"),
            without_cost=Decimal("0.5"),
        )
        for _ in range(_MANY)
    )
    holds = {each.currency: Decimal(2) for each in results}
    return TradeResults(
        account=some.account(word),
        realised=Decimal("-740740.7"),
        results=results,
        trades=60,
        unvalued=3,
        reach=(NOW, NOW),
        caught_up=CAUGHT_UP,
        holds=holds,
        at=NOW,
    )


PORTFOLIOS: tuple[Callable[[Word], Shown | None], ...] = (
    lambda word: portfolio.portfolio(read(word), now=NOW),
    lambda word: portfolio.portfolio(replace(read(word), picture=None), now=NOW),
    lambda word: portfolio.results(brought(word), now=NOW),
    lambda word: portfolio.results(replace(brought(word), realised=NoResult.NO_PRICE), now=NOW),
    lambda word: portfolio.results(replace(brought(word), reach=None), now=NOW),
)
