"""What an operator does from the server's command line: look whether all is well, migrate, link."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import click

from chatbot import app, assembly, keys, resources
from chatbot.domain.accounts import Venue
from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import PersonId
from chatbot.exchange.probe import Unanswered, probe
from chatbot.ports.clock import Clock
from chatbot.services.accounts import Accounts, LinkReport, SwapKeyReport, read_credentials, read_swap_key
from chatbot.settings import Settings, SettingsError, require_token
from chatbot.storage.faults import StorageFault
from chatbot.storage.master_key import KeyFile, KeySource, KeyVariable
from chatbot.storage.opening import Storage, database_path
from chatbot.system import SystemClock
from handlers.introduction import IntroductionFailed, introduce
from handlers.views.errors import describe

_SKEW_ALLOWED = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's."""

    what: str
    well: bool
    said: str


async def check(settings: Settings) -> int:
    """Print a line for each thing looked at; returns the exit code."""
    well = True
    async for finding in _look(settings, SystemClock()):
        click.echo(f"{'ok ' if finding.well else 'BAD'}  {finding.what:<12}{finding.said}")
        well = well and finding.well
    return 0 if well else 1


async def migrate(settings: Settings) -> str:
    """Open the database, which migrates it. Raises `StorageFault`."""
    async with resources.opened_storage(settings, clock=SystemClock()):
        return f"{database_path(settings.database_url)} is up to date."


async def link(settings: Settings, *, person: int, venue: str | None, words: list[str]) -> tuple[bool, str]:
    """Try and store a key; returns whether it was stored, and what to tell.

    `words` are the four values of an exchange's key, or the one of n.exchange.
    """
    clock = SystemClock()
    async with (
        resources.opened_storage(settings, clock=clock, exclusive=False) as storage,
        resources.opened_exchanges(settings, clock=clock) as venues,
        resources.opened_swap_services(settings, clock=clock) as swap_venues,
    ):
        where = Venue(venue) if venue else next(iter(venues))
        accounts = assembly.linking_accounts(storage, venues, swap_venues, clock)
        if where not in accounts.venues:
            return False, f"No address is set for {where}."
        try:
            report = await _try(accounts, PersonId(person), where, words)
        except ChatbotError as error:
            screen = describe(error)
            return False, f"Nothing was stored. {screen.text.plain if screen else ''}"
        return report.account is not None, _told(report)


async def _try(accounts: Accounts, person: PersonId, where: Venue, words: list[str]) -> LinkReport | SwapKeyReport:
    if where.swaps:
        return await accounts.link_swap_key(person, venue=where, key=read_swap_key(" ".join(words)))
    return await accounts.link(person, venue=where, credentials=read_credentials(words))


def _told(report: LinkReport | SwapKeyReport) -> str:
    if isinstance(report, SwapKeyReport):
        return _told_of_swaps(report)
    if report.account is None:
        return (
            f"The exchange did not accept this key ({report.balances.status}). Nothing was stored. "
            "Is it confirmed by e-mail, and is the passphrase the key's own?"
        )
    works = [name for name, tried in (("balances", report.balances), ("orders", report.orders)) if tried.works]
    return f"{report.account.label} is linked (key ending in {report.account.key_tail}); works: {', '.join(works)}."


def _told_of_swaps(report: SwapKeyReport) -> str:
    if report.account is None:
        return f"n.exchange did not accept this key ({report.orders.status}). Nothing was stored."
    said = f"{report.account.label} is linked (key ending in {report.account.key_tail}), for swaps"
    return f"{said}." if report.orders.works else f"{said}. It may not list orders: a lost answer cannot be looked up."


async def _look(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    async for finding in _telegram(settings):
        yield finding
    for name, url in (("andx", settings.andx_url), ("paper", settings.paper_url)):
        if url:
            async for finding in _exchange(name, url, clock):
                yield finding
    if settings.nexchange_url:
        yield await _swaps(settings.nexchange_url, clock)
    yield _master_key(settings)
    async for finding in _database(settings, clock):
        yield finding


async def _telegram(settings: Settings) -> AsyncIterator[Finding]:
    try:
        token = require_token(settings)
        bot = await introduce(url=settings.telegram_api_url, token=token)
    except SettingsError as error:
        yield Finding("token", False, error.problems[0])
        return
    except IntroductionFailed as error:
        yield Finding("token", False, str(error))
        return
    yield Finding("token", True, f"Telegram knows it as @{bot.name}")
    # Everything else works without it, so that it is off is no fault.
    said = f"on: @{bot.name} btc works in any chat" if bot.inline else "off; /setinline at @BotFather turns it on"
    yield Finding("inline mode", True, said)


async def _exchange(name: str, url: str, clock: Clock) -> AsyncIterator[Finding]:
    try:
        seen = await probe(f"{url}/api/v1/ticker/", clock=clock)
    except Unanswered as error:
        yield Finding(name, False, f"{url} does not answer ({error})")
        return
    yield Finding(name, seen.status == 200, f"{url} answers with {seen.status}")
    if seen.skew is None:
        yield Finding("clock", True, f"{name} names no time to compare with")
        return
    seconds = round(seen.skew.total_seconds())
    said = f"{abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} {name}" if seconds else f"agrees with {name}"
    yield Finding("clock", abs(seen.skew) <= _SKEW_ALLOWED, said)


async def _swaps(url: str, clock: Clock) -> Finding:
    """Its list of currencies is for everybody; whether a key works is seen when it is linked."""
    try:
        seen = await probe(f"{url}/currency/", clock=clock)
    except Unanswered as error:
        return Finding("nexchange", False, f"{url} does not answer ({error})")
    return Finding("nexchange", seen.status == 200, f"{url} answers with {seen.status}")


async def _database(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """The database, and what can only be seen in it: what hangs on which master key, and whether anybody may enter."""
    path = database_path(settings.database_url)
    if not path.exists():
        yield Finding("database", True, f"{path} will be made at the first start")
        return
    try:
        async with resources.opened_storage(settings, clock=clock, exclusive=False) as storage:
            yield Finding("database", True, f"{path} opens")
            yield Finding("keys", *keys.verdict(storage, await storage.rotation.count()))
            yield await _access(settings, storage)
    except (StorageFault, OSError) as fault:
        yield Finding("database", False, str(fault))


async def _access(settings: Settings, storage: Storage) -> Finding:
    try:
        await app.require_somebody(settings, storage)
    except SettingsError as error:
        return Finding("access", False, error.problems[0])
    return Finding("access", True, f"ACCESS is {settings.access}")


def _master_key(settings: Settings) -> Finding:
    source, database = resources.key_source(settings), database_path(settings.database_url)
    if isinstance(source, KeyFile) and not source.path.exists() and not database.exists():
        return Finding("master key", True, f"{source.where} will be made at the first start")
    try:
        number = len(source.read())
    except (StorageFault, OSError) as fault:
        return Finding("master key", False, str(fault))
    held = "one key" if number == 1 else f"{number} keys"
    return Finding("master key", True, f"{source.where} holds {held}{_remark(source)}")


def _remark(source: KeySource) -> str:
    if isinstance(source, KeyFile):
        return f" and has mode {source.path.stat().st_mode & 0o777:o}"
    return "; a file is safer, other programs may see the environment" if isinstance(source, KeyVariable) else ""
