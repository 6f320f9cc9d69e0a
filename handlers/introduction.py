"""Asking Telegram once who a token belongs to, for the doctor."""

from dataclasses import dataclass

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from handlers.transport import Transport


class IntroductionFailed(Exception):
    """Telegram could not be asked, or does not know the token. The message is a sentence without the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """A token's bot. `inline` says whether it may be named in other chats, which its owner allows at @BotFather."""

    name: str
    inline: bool


async def introduce(*, url: str, token: str) -> Introduction:
    """Who the bot is. Raises `IntroductionFailed`."""
    transport = Transport(connections=1)
    await transport.initialize()
    try:
        me = await Bot(token, base_url=f"{url}/bot", request=transport, get_updates_request=transport).get_me()
        return Introduction(name=me.username or str(me.id), inline=bool(me.supports_inline_queries))
    except InvalidToken:
        said = "Telegram does not accept it; copy it again from @BotFather"
    except TelegramError as fault:
        said = f"Telegram cannot be reached: {fault.message}"
    finally:
        await transport.shutdown()
    raise IntroductionFailed(said)
