"""Orders: lists, and one in full."""

from datetime import datetime

from chatbot.domain.accounts import Account
from chatbot.domain.orders import Order, OrderFilter, OrderStatus, OrderType
from chatbot.services.orders import OrderList
from handlers.actions import CancelAll, CancelOrder, ShowOrder, ShowOrders
from handlers.views.format import age, number, ratio, when
from handlers.views.html import Html, bold, code, italic, lines, text
from handlers.views.order_cards import order_lines
from handlers.views.screen import Key, Press, Rows, Screen

STATUS = {
    OrderStatus.NEW: "open",
    OrderStatus.PARTIALLY_FILLED: "partly filled",
    OrderStatus.FILLED: "filled",
    OrderStatus.CANCELLED: "cancelled",
    OrderStatus.REJECTED: "rejected",
    OrderStatus.UNKNOWN: "in a state I do not know",
}
_TITLES = {OrderFilter.OPEN: "Open orders", OrderFilter.CLOSED: "Closed orders", OrderFilter.ALL: "All orders"}


def order_list(listed: OrderList, *, now: datetime, picking: bool = False) -> Screen:
    """A page of orders, each open one with a button that cancels it. `picking` asks which one to cancel."""
    title = "Which order shall be cancelled?" if picking else _TITLES[listed.which]
    where = f" · {listed.market}" if listed.market else ""
    pages = f" · page {listed.page.number}" if listed.page.has_next or listed.page.number > 1 else ""
    foot = italic(f"{listed.account.label} · {listed.account.venue.badge} · {when(listed.at, now=now)}")
    if not listed.page.orders:
        return Screen(lines(bold(title, where), _none(listed), foot), _list_keys(listed))
    return Screen(
        lines(bold(title, where, pages), *(_entry(order, now=now) for order in listed.page.orders), foot),
        _order_keys(listed) + _list_keys(listed),
    )


def order(account: Account, found: Order, *, now: datetime) -> Screen:
    """One order in full."""
    kind = f"{found.type}, post-only" if found.post_only else str(found.type)
    rows = [
        bold(f"Order #{found.number} · {STATUS[found.status]}"),
        text(f"{found.side.capitalize()} {number(found.volume)} {found.base} · {kind}"),
        _price_line(found),
        order_lines(found),
        text("Placed ", when(found.placed_at, now=now)),
        text("Updated ", when(found.updated_at, now=now)) if found.updated_at else None,
        italic(f"{account.label} · {account.venue.badge}"),
    ]
    refresh = Press("↻ Refresh", ShowOrder(account=account.id, number=found.number))
    keys: Rows = ((refresh,),)
    if not found.status.is_final:
        keys += ((Press("Cancel order", CancelOrder(account=account.id, number=found.number), style="danger"),),)
    return Screen(lines(*rows), keys)


def _price_line(found: Order) -> Html:
    if found.type is OrderType.MARKET:
        return text(f"{found.base}/{found.counter} at the market")
    return text(f"{found.base}/{found.counter} at ", code(number(found.price)), f" {found.counter}")


def _none(listed: OrderList) -> str:
    if listed.page.number > 1:
        return "There is nothing on this page."
    return "There are none. /buy and /sell place some." if listed.which is OrderFilter.OPEN else "There are none."


def _entry(found: Order, *, now: datetime) -> Html:
    price = "market" if found.type is OrderType.MARKET else f"@ {number(found.price)}"
    first = text(
        bold(f"#{found.number}"),
        f"  {found.side} ",
        code(number(found.volume)),
        f" {found.base}/{found.counter} {price}",
    )
    state = STATUS[found.status]
    if found.executed and not found.status.is_final:
        state += f" {ratio(found.executed_share, decimals=1)}"
    if found.executed and found.average_price:
        state += f" at {number(found.average_price)}"
    return lines(first, text(f"   {state} · {age(found.placed_at, now=now)}"))


def _order_keys(listed: OrderList) -> Rows:
    keys: list[Key] = []
    for found in listed.page.orders:
        if found.status.is_final:
            keys.append(Press(f"#{found.number}", ShowOrder(account=listed.account.id, number=found.number)))
        else:
            keys.append(Press(f"✕ #{found.number}", CancelOrder(account=listed.account.id, number=found.number)))
    return tuple(tuple(keys[at : at + 3]) for at in range(0, len(keys), 3))


def _list_keys(listed: OrderList) -> Rows:
    def to(page: int, which: OrderFilter = listed.which) -> ShowOrders:
        return ShowOrders(account=listed.account.id, which=which, page=page, code=listed.market)

    turning: list[Key] = []
    if listed.page.number > 1:
        turning.append(Press("‹ Prev", to(listed.page.number - 1)))
    turning.append(Press("↻ Refresh", to(listed.page.number)))
    if listed.page.has_next:
        turning.append(Press("Next ›", to(listed.page.number + 1)))
    other = OrderFilter.CLOSED if listed.which is OrderFilter.OPEN else OrderFilter.OPEN
    rows: Rows = (tuple(turning), (Press(_TITLES[other], to(1, other)),))
    if listed.which is OrderFilter.OPEN and len(listed.page.orders) > 1:
        rows += ((Press("Cancel all…", CancelAll(account=listed.account.id, code=listed.market), style="danger"),),)
    return rows
