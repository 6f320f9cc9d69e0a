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
    digests,
    factors,
    follow_ups,
    forget,
    groups,
    limits,
    locks,
    markets,
    notices,
    orders,
    people,
    protection,
    questions,
    settings,
    start,
    swaps,
    tickets,
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
    swaps,
    tickets,
    limits,
    aliases,
    accounts,
    questions,
    factors,
    protection,
    locks,
    settings,
    groups,
    people,
    audit,
    forget,
)

TELLERS = (notices, follow_ups)
"""Modules that nobody commands, but that tell things unasked."""

ROUTES: tuple[Route, ...] = tuple(route for feature in FEATURES for route in feature.ROUTES)

TELLINGS: tuple[Telling[Any], ...] = tuple(
    telling for teller in (*TELLERS, *FEATURES) for telling in getattr(teller, "TELLINGS", ())
)
