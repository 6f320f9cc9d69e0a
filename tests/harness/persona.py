"""A person with a phone."""

from collections.abc import Callable
from typing import Any

from tests.harness.chat import Chat, Message, Tap
from tests.harness.exchange import Credentials
from tests.harness.programs import PATIENCE


class NotSeen(AssertionError):
    """What a person waited for did not appear."""


class Persona:
    """Speaks, taps and reads. What is waited for must have appeared or changed since the last thing they did.

    `account` is the practice account linked for them by `Stack.person(linked=True)`. `report` gives the bot's last
    words for a failure.
    """

    def __init__(self, chat: Chat, *, id: int, name: str, report: Callable[[], str]) -> None:  # noqa: A002
        self.chat = chat
        self.id = id
        self.name = name
        self.account: Credentials | None = None
        self._report = report
        self._since = chat.revision

    @property
    def username(self) -> str:
        """Of the linked practice account."""
        assert self.account is not None, f"{self.name} has no account"
        return self.account.username

    # Doing

    def say(self, text: str, *, chat: int | None = None, **circumstances: Any) -> Message:
        """Write, in private unless a chat is named: `say("/here", chat=FORUM, thread=ALERTS)`. Returns the own
        message."""
        self._since = self.chat.revision
        return self.chat.say(self.id, text, chat=chat, **circumstances)

    def tap(self, button: str, message: Message | None = None, *, chat: int | None = None) -> Tap:
        """Tap a button of a message; without one, of the latest that has such a button."""
        target = message or self.latest_with(button, chat=chat)
        self._since = self.chat.revision
        return self.chat.tap(self.id, target, button=button)

    def forge(self, data: str, message: Message) -> Tap:
        """Send callback data of one's own making."""
        self._since = self.chat.revision
        return self.chat.tap(self.id, message, data=data)

    def ask(self, text: str, *, chat: int | None = None, timeout: float = PATIENCE, **circumstances: Any) -> Message:
        """Write, and wait for the bot's next message. Alarms come when they come, and are no answers."""
        said = self.say(text, chat=chat, **circumstances)
        return self.wait_for(
            lambda message: message.id > said.id and not message.text.startswith("🔔"), chat=chat, timeout=timeout
        )

    def open_link(self, url: str) -> Message:
        """Follow a link to the bot, and wait for what it says."""
        self._since = self.chat.revision
        opened = self.chat.post("open_link", user=self.id, url=url)["message"]
        return self.wait_for(lambda message: message.id > opened["message_id"])

    def edit(self, message: Message, text: str) -> None:
        self._since = self.chat.revision
        self.chat.edit(self.id, message, text)

    # Seeing

    def wait_for(
        self,
        wanted: str | Callable[[Message], bool],
        *,
        message: Message | None = None,
        chat: int | None = None,
        timeout: float = PATIENCE,
    ) -> Message:
        """The bot's message (with `message`, that one) that holds a text or satisfies a test, when it appears."""
        test = wanted if callable(wanted) else lambda seen: wanted in seen.text
        where = message.chat if message else self.id if chat is None else chat

        def is_it(seen: Message) -> bool:
            by_bot = seen.sender == self.chat.bot_id and not seen.is_service
            return by_bot and (message is None or seen.id == message.id) and test(seen)

        found = self.chat.wait(where, is_it, after=self._since, timeout=timeout)
        if found is None:
            raise NotSeen(f"{self.name} did not see {wanted!r}.\n{self._whole_story(where)}")
        return found

    def messages(self, *, chat: int | None = None) -> list[Message]:
        """Everything that stands in the chat now."""
        return self.chat.messages(self.id if chat is None else chat)

    def replies(self, *, chat: int | None = None, after: Message | None = None) -> list[Message]:
        """The bot's messages that stand there now; with `after`, those below that message."""
        least = after.id if after else 0
        return [
            message
            for message in self.messages(chat=chat)
            if message.sender == self.chat.bot_id and not message.is_service and message.id > least
        ]

    def now(self, message: Message) -> Message:
        """The same message as it stands now."""
        return next(each for each in self.chat.messages(message.chat) if each.id == message.id)

    def latest_with(self, button: str, *, chat: int | None = None) -> Message:
        """The latest message of the bot that has a button with such a label."""
        for message in reversed(self.replies(chat=chat)):
            if any(button.lower() in label.lower() for label in message.buttons):
                return message
        where = self.id if chat is None else chat
        raise NotSeen(f"{self.name} sees no button {button!r}.\n{self._whole_story(where)}")

    def _whole_story(self, chat: int) -> str:
        shown = "\n".join(str(message) for message in self.chat.messages(chat)[-6:])
        return f"The chat ends with:\n{shown}\nThe bot's log ends with:\n{self._report()}"
