"""The command line. Each command imports what it runs only when it runs."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Literal, NoReturn, TypeVar

import click

from chatbot.domain.accounts import Venue
from chatbot.settings import Settings, SettingsError, read_settings, require_token

T = TypeVar("T")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A Telegram bot for ANDX accounts. `chatbot demo` shows all of it, without an account."""


@main.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Of the chat page.")
def demo(port: int) -> None:
    """Practice exchange, local chat and bot on this machine; prints the address of the chat page."""
    from chatbot.demo.launch import demo as launch  # noqa: PLC0415 - only what runs is imported

    sys.exit(launch(port=port))


@main.command()
def run() -> None:
    """The bot, from the environment and .env."""
    settings = _settings()
    token = _checked(lambda: require_token(settings))
    from chatbot import app  # noqa: PLC0415

    _logs(settings)
    _run(app.run(settings, token=token))


@main.command()
@click.option("--port", default=8900, show_default=True, type=click.IntRange(0, 65535))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Address and accounts as one JSON object on the first line.")
@click.option("--seed", type=int, help="Other accounts, other prices.")
def paper(port: int, host: str, as_json: bool, seed: int | None) -> None:
    """Only the practice exchange, as a server that other programs can talk to.

    It is steered by requests without a key: prices at once, by script or held; outages; deposits; orders as if placed
    on the exchange's site. GET /control at its address lists them all.
    """
    from chatbot.paper.command import serve  # noqa: PLC0415

    serve(host=host, port=port, as_json=as_json, seed=seed)


@main.command()
def check() -> None:
    """The doctor: one line each, exit 1 on a fault."""
    settings = _settings()
    from chatbot import doctor  # noqa: PLC0415

    _logs(settings)
    sys.exit(_run(doctor.check(settings)))


@main.command()
def migrate() -> None:
    """Bring the database up to date (`run` does so by itself)."""
    settings = _settings()
    from chatbot import doctor  # noqa: PLC0415

    _logs(settings)
    click.echo(_run(doctor.migrate(settings)))


@main.command()
@click.option("--person", type=click.IntRange(1), help="Numeric Telegram id; default: the only one in OWNER_IDS.")
@click.option(
    "--venue", type=click.Choice([venue.value for venue in Venue]), help="Where the account is; default: the first one."
)
def link(person: int | None, venue: str | None) -> None:
    """Link an exchange account or a key for swaps without a chat: the values are asked for here and not shown."""
    settings = _settings()
    owner = person or (settings.owner_ids[0] if len(settings.owner_ids) == 1 else None)
    if owner is None:
        _fail("Whose account is it? Say --person with a numeric Telegram id.")
    from chatbot import doctor  # noqa: PLC0415

    _logs(settings)
    asked = ("API key",) if venue and Venue(venue).swaps else ("Username", "Passphrase", "API key", "Secret key")
    words = [click.prompt(what, hide_input=True) for what in asked]
    works, said = _run(doctor.link(settings, person=owner, venue=venue, words=words))
    click.echo(said)
    sys.exit(0 if works else 1)


@main.group()
def keys() -> None:
    """The master key, on which everything sealed hangs."""


@keys.command()
def rotate() -> None:
    """Bring everything under a new master key, also while the bot runs; may be ended and repeated at any time."""
    _keys("rotate")


@keys.command()
def status() -> None:
    """What hangs on which master key; exit 1 while a rotation is under way."""
    _keys("status")


@keys.command()
def new() -> None:
    """Print a fresh master key, for a credential or the variable. It is stored nowhere."""
    from chatbot.storage.master_key import new_key  # noqa: PLC0415

    click.echo(new_key().reveal())


@main.group()
def audit() -> None:
    """The log of who did what."""


@audit.command()
def verify() -> None:
    """Look whether anybody changed the log behind the bot's back, also while it runs; exit 1 if so."""
    settings = _settings()
    from chatbot import audit as log  # noqa: PLC0415

    _logs(settings)
    sys.exit(0 if _run(log.verify(settings, say=click.echo)) else 1)


@main.group()
def factor() -> None:
    """Second factors, for whoever is locked out by one."""


@factor.command()
@click.argument("person", type=click.IntRange(1))
def reset(person: int) -> None:
    """Turn off the second factor of PERSON (numeric Telegram id) while the bot is stopped; exit 1 if they have none."""
    settings = _settings()
    from chatbot import factors  # noqa: PLC0415
    from chatbot.system import SystemClock  # noqa: PLC0415

    _logs(settings)
    sys.exit(0 if _run(factors.reset(settings, person, clock=SystemClock(), say=click.echo)) else 1)


def _keys(what: Literal["rotate", "status"]) -> NoReturn:
    settings = _settings()
    from chatbot import keys  # noqa: PLC0415
    from chatbot.system import SystemClock  # noqa: PLC0415

    _logs(settings)
    work = {"rotate": keys.rotate, "status": keys.status}[what]
    sys.exit(0 if _run(work(settings, clock=SystemClock(), say=click.echo)) else 1)


def _settings() -> Settings:
    return _checked(read_settings)


def _checked(read: Callable[[], T]) -> T:
    try:
        return read()
    except SettingsError as error:
        _refuse(error)


def _logs(settings: Settings) -> None:
    from chatbot.logs import set_up_logs  # noqa: PLC0415

    set_up_logs(level=settings.log_level, form=settings.log_format)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run on the fast event loop; faults that have a sentence end with it, not with a traceback."""
    from chatbot.storage.faults import StorageFault  # noqa: PLC0415
    from handlers.polling import TokenRefused  # noqa: PLC0415

    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(work)
    except (StorageFault, TokenRefused) as fault:
        _fail(str(fault))
    except SettingsError as error:
        _refuse(error)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415

    return uvloop.new_event_loop


def _refuse(error: SettingsError) -> NoReturn:
    _fail("These settings cannot be used:", *(f"  {problem}" for problem in error.problems))


def _fail(*lines: str) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(1)
