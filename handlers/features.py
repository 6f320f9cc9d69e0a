"""Every feature there is, a line each."""

from handlers import accounts, balances, markets, orders, people, start, trading
from handlers.commands import Route

ROUTES: tuple[Route, ...] = (
    *start.ROUTES,
    *markets.ROUTES,
    *balances.ROUTES,
    *trading.ROUTES,
    *orders.ROUTES,
    *accounts.ROUTES,
    *people.ROUTES,
)
