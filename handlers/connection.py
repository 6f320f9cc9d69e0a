"""The line to Telegram: opened at start, closed at the end."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog
from telegram import Bot
from telegram.error import InvalidToken, NetworkError

from chatbot.domain.secrets import Secret
from chatbot.ports.clock import Clock
from handlers.api import BotApi
from handlers.context import BotName
from handlers.polling import Poller, TokenRefused
from handlers.transport import Flooded, Transport

log = structlog.get_logger(__name__)

_POLLING_CONNECTIONS = 4  # a stalled one must not be the only one
_SENDING_CONNECTIONS = 64
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0  # seconds between attempts to reach Telegram at start


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`api` for what is sent all the time, `bot` for everything else, `updates` for what comes in."""

    bot: Bot
    api: BotApi
    updates: Poller
    name: BotName


@contextlib.asynccontextmanager
async def connected(*, url: str, token: Secret, clock: Clock) -> AsyncIterator[Line]:
    """Connect to a Bot API server, waiting for as long as it cannot be reached. Raises `TokenRefused`."""
    polling = Transport(connections=_POLLING_CONNECTIONS)
    sending = Transport(connections=_SENDING_CONNECTIONS)
    bot = Bot(token.reveal(), base_url=f"{url}/bot", request=sending, get_updates_request=polling)
    await polling.initialize()
    await sending.initialize()
    try:
        name = await _introduced(bot, clock)
        address = f"{url}/bot{token.reveal()}"
        yield Line(
            bot=bot,
            api=BotApi(transport=sending, url=address),
            updates=Poller(transport=polling, url=address),
            name=name,
        )
    finally:
        await polling.shutdown()
        await sending.shutdown()


async def _introduced(bot: Bot, clock: Clock) -> BotName:
    """Ask who we are, and have updates sent to polls: a webhook that is still set would keep them."""
    pause = _FIRST_PAUSE
    while True:
        try:
            me = await bot.get_me()
            await bot.delete_webhook()
            return BotName(id=me.id, username=me.username or "")
        except InvalidToken:
            refused = True
        except (NetworkError, Flooded) as fault:
            refused = False
            log.warning("waiting for Telegram", reason=fault.message, pause=pause)
        if refused:
            # Raised out here, because the library's error holds the token.
            raise TokenRefused
        await clock.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
