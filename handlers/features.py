"""Every feature there is. `/help` and the menus show them in this order."""

from handlers import (
    accounts,
    aliases,
    audit,
    balances,
    factors,
    forget,
    limits,
    locks,
    markets,
    notify,
    orders,
    people,
    protection,
    questions,
    start,
    tickets,
    trading,
    withdrawals,
)
from handlers.commands import Route

FEATURES = (
    start,
    markets,
    balances,
    trading,
    orders,
    withdrawals,
    tickets,
    limits,
    aliases,
    accounts,
    questions,
    factors,
    protection,
    locks,
    notify,
    people,
    audit,
    forget,
)

ROUTES: tuple[Route, ...] = tuple(route for feature in FEATURES for route in feature.ROUTES)
