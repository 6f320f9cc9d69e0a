"""`python -m tests.harness.leaping_bot [SECONDS AHEAD]`: `chatbot run` with a clock that leaps when told."""

import sys

import uvloop

from chatbot import app
from chatbot.logs import set_up_logs
from chatbot.settings import Settings, read_settings, require_token
from tests.harness.leaping import LeapingClock, obey


async def _run(settings: Settings, *, ahead: float) -> None:
    clock = LeapingClock(ahead=ahead)
    obey(clock)
    await app.run(settings, token=require_token(settings), clock=clock)


if __name__ == "__main__":
    chosen = read_settings()
    set_up_logs(level=chosen.log_level, form=chosen.log_format)
    uvloop.run(_run(chosen, ahead=float(sys.argv[1]) if len(sys.argv) > 1 else 0.0))
