"""Connecting, when Telegram is not there yet."""

from chatbot.demo.cast import BOT_TOKEN
from chatbot.demo.faults import Fault, FaultKind
from chatbot.demo.server import LocalChat
from chatbot.domain.secrets import Secret
from handlers.connection import connected
from tests.handlers.fakes import SkippingClock


async def test_a_start_waits_until_telegram_answers() -> None:
    clock = SkippingClock()
    async with LocalChat.running() as chat:
        for kind in (FaultKind.RESET, FaultKind.HTML_502, FaultKind.TOO_MANY):
            chat.faults.add(Fault(method="getme", kind=kind, times=1, seconds=1, chat=None))
        async with connected(url=chat.api_url, token=Secret(BOT_TOKEN), clock=clock) as line:
            assert line.name.username == "andx_practice_bot"
            assert line.name.private_chat("buy") == "https://t.me/andx_practice_bot?start=buy"
    assert clock.skipped == 0.5 + 1 + 2
