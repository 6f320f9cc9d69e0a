"""What the program opens and closes, as the settings say: storage, exchanges and swap services."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from chatbot.charts.drawer import Drawer, opened_drawer
from chatbot.domain.accounts import Venue
from chatbot.domain.secrets import Secret
from chatbot.exchange.nexchange.gateway import Manners
from chatbot.exchange.nexchange.headers import AuthScheme
from chatbot.exchange.opening import OpenExchange, OpenSwapService, open_exchange, open_swap_service
from chatbot.ports.clock import Clock
from chatbot.settings import Settings, systemd_credential
from chatbot.storage.master_key import KeyCredential, KeyFile, KeySource, KeyVariable
from chatbot.storage.opening import Storage, database_path, open_storage

_PRACTICE_API = "/en/api/v2"
"""Where a practice exchange serves n.exchange's API."""


def key_source(settings: Settings) -> KeySource:
    """Where the master key comes from: `MASTER_KEY`, else a systemd credential `master.key`, else `MASTER_KEY_FILE`."""
    if settings.master_key.get_secret_value():
        return KeyVariable(Secret(settings.master_key.get_secret_value()))
    credential = systemd_credential("master.key")
    return KeyCredential(credential) if credential else KeyFile(settings.master_key_file)


@contextlib.asynccontextmanager
async def opened_storage(settings: Settings, *, clock: Clock, exclusive: bool = True) -> AsyncIterator[Storage]:
    """The storage of the settings. Raises `StorageFault` with a sentence."""
    storage = await open_storage(
        url=settings.database_url,
        master_key=key_source(settings),
        clock=clock,
        exclusive=exclusive,
        alias_hold=timedelta(minutes=settings.alias_hold_minutes),
    )
    try:
        yield storage
    finally:
        await storage.aclose()


@contextlib.asynccontextmanager
async def opened_exchanges(settings: Settings, *, clock: Clock) -> AsyncIterator[Mapping[Venue, OpenExchange]]:
    """Every venue that has an address; the first is what everybody without an account looks at."""
    addresses = {Venue.ANDX: settings.andx_url, Venue.PAPER: settings.paper_url}
    folder = database_path(settings.database_url).parent
    venues = {
        venue: open_exchange(
            url=url,
            timestamp=settings.andx_timestamp if venue.is_live else "seconds",
            requests_per_minute=settings.andx_requests_per_minute,
            market_buy_volume=settings.andx_market_buy_volume if venue.is_live else "base",
            request_log=folder / f"{venue}.requests",
            clock=clock,
        )
        for venue, url in addresses.items()
        if url
    }
    try:
        yield venues
    finally:
        for venue in venues.values():
            await venue.aclose()


@contextlib.asynccontextmanager
async def opened_swap_services(settings: Settings, *, clock: Clock) -> AsyncIterator[Mapping[Venue, OpenSwapService]]:
    """Every venue for swaps that has an address."""
    addresses = {Venue.NEXCHANGE: settings.nexchange_url, Venue.PAPER_SWAPS: settings.paper_url}
    folder = database_path(settings.database_url).parent
    venues = {
        venue: open_swap_service(
            url=url,
            requests_per_minute=settings.nexchange_requests_per_minute,
            manners=_manners(settings, venue),
            request_log=folder / f"{venue}.requests",
            clock=clock,
        )
        for venue, url in addresses.items()
        if url
    }
    try:
        yield venues
    finally:
        for venue in venues.values():
            await venue.aclose()


def _manners(settings: Settings, venue: Venue) -> Manners:
    """The referral token is n.exchange's alone."""
    token = settings.nexchange_referral_token.get_secret_value()
    return Manners(
        scheme=AuthScheme(settings.nexchange_auth_scheme),
        side="" if settings.nexchange_side == "omit" else settings.nexchange_side,
        zone=ZoneInfo(settings.nexchange_time_zone),
        referral_token=Secret(token) if token and venue.is_live else None,
        api_path="" if venue.is_live else _PRACTICE_API,
    )


def opened_charts(settings: Settings, *, clock: Clock) -> contextlib.AbstractAsyncContextManager[Drawer]:
    """What draws pictures; it keeps what it knows of the machine's fonts beside the database."""
    return opened_drawer(cache=database_path(settings.database_url).resolve().parent / "fonts", clock=clock)
