"""Every feature there is. `/help` and the menus show them in this order."""

from typing import Any

from handlers import (
    accounts,
    alerts,
    aliases,
    audit,
    balances,
    boards,
    charts,
    conversions,
    digests,
    exports,
    factors,
    follow_ups,
    forget,
    groups,
    history,
    limits,
    locks,
    markets,
    notices,
    orders,
    people,
    portfolio,
    protection,
    questions,
    routes,
    sessions,
    settings,
    shortcuts,
    start,
    swaps,
    tickets,
    trades,
    trading,
    withdrawals,
)
from handlers.commands import Route, Telling

FEATURES = (
    start,
    markets,
    charts,
    alerts,
    boards,
    digests,
    balances,
    trading,
    orders,
    withdrawals,
    conversions,
    swaps,
    routes,
    portfolio,
    trades,
    history,
    exports,
    tickets,
    limits,
    aliases,
    accounts,
    sessions,
    questions,
    factors,
    protection,
    locks,
    settings,
    groups,
    people,
    audit,
    forget,
    shortcuts,  # behind all that takes codes and keys out of a chat
)

TELLERS = (notices, follow_ups)
"""Modules that nobody commands, but that tell things unasked."""

ROUTES: tuple[Route, ...] = tuple(route for feature in FEATURES for route in feature.ROUTES)

TELLINGS: tuple[Telling[Any], ...] = tuple(
    telling for teller in (*TELLERS, *FEATURES) for telling in getattr(teller, "TELLINGS", ())
)
