"""Balances and orders."""

from chatbot.domain.ids import AccountId, OrderNumber, SubAccountId
from chatbot.domain.orders import OrderFilter
from handlers.buttons import button


@button("bal")
class ShowBalance:
    account: AccountId


@button("bas")
class ShowSubBalance:
    """Of a sub-account whose name is remembered."""

    account: AccountId
    sub: SubAccountId


@button("ol")
class ShowOrders:
    account: AccountId
    which: OrderFilter
    page: int
    code: str | None


@button("os")
class ShowOrder:
    account: AccountId
    number: OrderNumber


@button("oc")
class CancelOrder:
    """Opens the card that cancels one order."""

    account: AccountId
    number: OrderNumber


@button("oa")
class CancelAll:
    """Opens the card that cancels all open orders, or those of a market."""

    account: AccountId
    code: str | None
