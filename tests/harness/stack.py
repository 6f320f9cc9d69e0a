"""The whole product, each part a process of its own."""

import contextlib
import itertools
import json
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.harness.chat import Chat
from tests.harness.exchange import Credentials, PracticeExchange
from tests.harness.persona import Persona
from tests.harness.programs import PATIENCE, Died, Program, eventually

OWNER = 1001
"""Alice of the local chat; owns the bot unless the settings say otherwise."""
GROUP = -4001
"""The local chat's group; Alice is its creator, Bob (1002) and Carol (1003) are in it."""
FORUM = -1_000_000_004_002
"""A supergroup of the same people with topics, in which the bot is an admin who may pin and delete."""
ALERTS, CHARTS = 2, 3
"""The forum's topics beside the general one."""
CHANNEL = -1_000_000_004_003
"""`@corner_news`: Alice's channel, in which the bot may post and edit; Bob and Carol read it."""

_ids = itertools.count(500_001)


class Bot:
    """The bot's process, and those that follow it after a restart. `settings` are its whole environment."""

    def __init__(self, chat: Chat, *, folder: Path, settings: Mapping[str, str], leaping: bool) -> None:
        self.folder = folder
        self.settings = dict(settings)
        self.ahead = 0.0
        self._chat = chat
        self._leaping = leaping
        self._program: Program | None = None
        self._earlier: list[str] = []
        self._mark = 0

    @property
    def program(self) -> Program:
        assert self._program is not None, "the bot was not started"
        return self._program

    @property
    def log(self) -> list[str]:
        """Everything all runs of the bot said."""
        return self._earlier + (self._program.lines if self._program else [])

    def start(self, *, wait: bool = True, **settings: str) -> Program:
        """Start it, with changed settings if any, and wait until it polls."""
        self.settings |= settings
        if self._program is not None:
            assert not self._program.is_running, "the bot is running already"
            self._earlier += self._program.lines
        self._mark = self._chat.last_call
        if self._leaping:
            module, tether = ("tests.harness.leaping_bot", str(self.ahead)), False
        else:
            module, tether = ("chatbot", "run"), True
        self._program = Program.start(*module, folder=self.folder, environment=self.settings, tether=tether, warm=True)
        if wait:
            self.wait_until_online()
        return self._program

    def wait_until_online(self) -> None:
        """Until it polls. Raises `Died`."""

        def is_over() -> bool:
            return bool(self._chat.calls("getUpdates", since=self._mark)) or not self.program.is_running

        try:
            eventually(is_over)
            assert self.program.is_running
        except AssertionError:
            raise Died(f"the bot did not come online; it said:\n{self.program.tail()}") from None

    def stop(self, number: signal.Signals = signal.SIGTERM, *, timeout: float = PATIENCE) -> int:
        """End it in order; returns the exit code."""
        return self.program.stop(number, timeout=timeout)

    def kill(self) -> None:
        """`kill -9`."""
        self.program.kill()

    def restart(self, *, wait: bool = True, **settings: str) -> Program:
        """Kill it if it runs, and start it again."""
        self.kill()
        return self.start(wait=wait, **settings)

    def leap(self, seconds: float) -> None:
        self.ahead += seconds
        if self._program is not None and self._program.is_running:
            _leap(self._program, seconds)

    def tail(self, count: int = 40) -> str:
        return "\n".join([line for line in self.log if line != "leapt"][-count:])


class Stack:
    """`with Stack.running(folder) as stack:`. See `running` for what can be chosen."""

    def __init__(self, *, folder: Path, paper: Program, chat_program: Program, leaping: bool) -> None:
        self.folder = folder
        self.paper = paper
        self.chat_program = chat_program
        self.leaping = leaping
        said = json.loads(paper.first_line())
        chat = json.loads(chat_program.first_line())
        self.ready = tuple(Credentials.told(account) for account in said["accounts"])
        self.exchange = PracticeExchange(said["url"])
        self.chat = Chat(chat["url"], token=chat["token"])

    @classmethod
    @contextlib.contextmanager
    def running(
        cls,
        folder: Path,
        *,
        settings: Mapping[str, str] | None = None,
        start_bot: bool = True,
        frozen: bool = True,
        per_minute: int | None = None,
        leaping: bool = False,
    ) -> Iterator["Stack"]:
        """Everything started, and ended afterwards.

        `settings` are added to the bot's; `frozen` keeps prices where they are; `per_minute` is the exchange's limit
        (none by default, and the bot's own is then as high as it can be); `leaping` gives exchange and bot a clock
        that `leap` moves.
        """
        paper_module = ("tests.harness.leaping_paper",) if leaping else ("chatbot", "paper", "--port", "0", "--json")
        with contextlib.ExitStack() as ending:
            paper = Program.start(*paper_module, folder=folder, tether=not leaping, warm=True)
            ending.callback(paper.kill)
            chat = Program.start("chatbot.demo", "--port", "0", folder=folder, warm=True)
            ending.callback(chat.kill)
            stack = cls(folder=folder, paper=paper, chat_program=chat, leaping=leaping)
            ending.callback(stack.exchange.close)
            ending.callback(stack.chat.close)
            stack.exchange.freeze(frozen)
            stack.exchange.limit(per_minute)
            stack.exchange.swaps.limit(None)
            budgets = {"ANDX_REQUESTS_PER_MINUTE": str(per_minute or 6000), "NEXCHANGE_REQUESTS_PER_MINUTE": "6000"}
            stack.bot = stack.make_bot(**budgets | dict(settings or {}))
            ending.callback(stack._end_bot)
            if start_bot:
                stack.bot.start()
            yield stack

    bot: Bot

    def make_bot(self, **settings: str) -> Bot:
        """A bot of this stack that is not started yet, its database and key in the stack's folder."""
        basics = {
            "TELEGRAM_BOT_TOKEN": self.chat.token,
            "TELEGRAM_API_URL": self.chat.url,
            "ANDX_URL": "",
            "NEXCHANGE_URL": "",
            "PAPER_URL": self.exchange.url,
            "OWNER_IDS": str(OWNER),
            "ACCESS": "open",
            "DATABASE_URL": f"sqlite:///{self.folder / 'chatbot.db'}",
            "MASTER_KEY_FILE": str(self.folder / "master.key"),
        }
        return Bot(self.chat, folder=self.folder, settings=basics | settings, leaping=self.leaping)

    def person(self, name: str = "Dora", *, linked: bool = False) -> Persona:
        """Somebody new, with a practice account linked through the chat if wanted."""
        number = next(_ids)
        self.chat.post("person", id=number, first_name=name, username=f"{name.lower()}{number}")
        persona = self.persona(number, name)
        if linked:
            self.link(persona)
        return persona

    def persona(self, number: int, name: str = "") -> Persona:
        """Somebody who is there already: Alice (1001, the owner), Bob (1002), Carol (1003)."""
        return Persona(self.chat, id=number, name=name or str(number), report=self.bot.tail)

    @property
    def owner(self) -> Persona:
        return self.persona(OWNER, "Alice")

    def link(self, persona: Persona) -> Credentials:
        """Open a practice account and link it by `/link` in the chat."""
        account = self.exchange.open_account(persona.name)
        persona.say(f"/link {account.line}")
        persona.wait_for("is linked")
        persona.account = account
        return account

    def leap(self, seconds: float) -> None:
        """Move the time of exchange, bot and people ahead."""
        assert self.leaping, "start the stack with leaping=True"
        _leap(self.paper, seconds)
        self.bot.leap(seconds)
        self.chat.ahead += seconds

    def _end_bot(self) -> None:
        with contextlib.suppress(AssertionError):
            self.bot.kill()


def _leap(program: Program, seconds: float) -> None:
    before = len(program.output)
    program.tell(f"leap {seconds}")
    program.wait_for_line("leapt", after=before, output_only=True)
