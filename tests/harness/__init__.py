"""The real programs on real sockets, and people to drive them.

    with Stack.running(folder) as stack:
        alice = stack.person("Alice", linked=True)
        card = alice.ask("/buy 0.01 BTC")
        alice.tap("Confirm", card).toast()          # "Sending…"
        alice.wait_for("is filled", message=card)
        assert len(stack.exchange.orders(alice)) == 1

`Stack` starts and ends the practice exchange, the local chat and the bot, each a process of its own; `stack.bot` can be
stopped, killed and restarted alone. `Persona` is a person with a phone. Waiting is event-driven; where nothing tells
(the practice exchange has no such endpoint), `eventually` looks every few milliseconds. With `leaping=True` time can be
moved: `stack.leap(seconds)`.
"""

from tests.harness.chat import Chat, Message, Tap, Toast
from tests.harness.exchange import Credentials, PracticeExchange
from tests.harness.persona import Persona
from tests.harness.programs import PROJECT, Died, Program, eventually, run_command
from tests.harness.stack import Bot, Stack

__all__ = [
    "PROJECT",
    "Bot",
    "Chat",
    "Credentials",
    "Died",
    "Message",
    "Persona",
    "PracticeExchange",
    "Program",
    "Stack",
    "Tap",
    "Toast",
    "eventually",
    "run_command",
]
