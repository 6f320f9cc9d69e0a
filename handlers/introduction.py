"""Asking Telegram once who a token belongs to, for the doctor."""

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from handlers.transport import Transport


class IntroductionFailed(Exception):
    """Telegram could not be asked, or does not know the token. The message is a sentence without the token."""


async def introduce(*, url: str, token: str) -> str:
    """The bot's user name. Raises `IntroductionFailed`."""
    transport = Transport(connections=1)
    await transport.initialize()
    try:
        me = await Bot(token, base_url=f"{url}/bot", request=transport, get_updates_request=transport).get_me()
        return me.username or str(me.id)
    except InvalidToken:
        said = "Telegram does not accept it; copy it again from @BotFather"
    except TelegramError as fault:
        said = f"Telegram cannot be reached: {fault.message}"
    finally:
        await transport.shutdown()
    raise IntroductionFailed(said)
