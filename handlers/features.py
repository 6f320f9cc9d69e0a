"""Every feature there is, a line each."""

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
    start,
    tickets,
    trading,
    withdrawals,
)
from handlers.commands import Route

ROUTES: tuple[Route, ...] = (
    *start.ROUTES,
    *markets.ROUTES,
    *balances.ROUTES,
    *trading.ROUTES,
    *orders.ROUTES,
    *withdrawals.ROUTES,
    *tickets.ROUTES,
    *limits.ROUTES,
    *aliases.ROUTES,
    *accounts.ROUTES,
    *factors.ROUTES,
    *protection.ROUTES,
    *locks.ROUTES,
    *notify.ROUTES,
    *people.ROUTES,
    *audit.ROUTES,
    *forget.ROUTES,
)
