"""Who and what a world starts with."""

from dataclasses import dataclass
from typing import Final

from chatbot.demo.standings import ChatKind, Standing, Status
from chatbot.demo.values import Person

# Made up; the part before the colon is the bot's id, as in a real token.
BOT_TOKEN = "7000000001:local-chat-token-that-opens-nothing-else"

ALICE = Person(id=1001, first_name="Alice", username="alice")
BOB = Person(id=1002, first_name="Bob", username="bob")
CAROL = Person(id=1003, first_name="Carol", username="carol")
HELPER_BOT = Person(id=2001, first_name="Helper Bot", username="helper_bot", is_bot=True)


MEMBER: Final = Standing(status=Status.MEMBER)


@dataclass(frozen=True, kw_only=True)
class ChatPlan:
    """A group, supergroup or channel with its creator and further members, by id.

    `bot` is what the bot is there, None if it is not inside; with `topics` the supergroup is a forum.
    """

    id: int
    kind: ChatKind
    title: str
    creator: int
    members: tuple[int, ...]
    bot: Standing | None = MEMBER
    username: str | None = None
    topics: tuple[str, ...] = ()


TRADING_CORNER: Final = ChatPlan(
    id=-4001,
    kind="group",
    title="Trading Corner",
    creator=ALICE.id,
    members=(BOB.id, CAROL.id, HELPER_BOT.id),
)
MARKET_TALK: Final = ChatPlan(
    id=-1_000_000_004_002,
    kind="supergroup",
    title="Market Talk",
    creator=ALICE.id,
    members=(BOB.id, CAROL.id),
    bot=Standing(
        status=Status.ADMINISTRATOR,
        rights=frozenset({"can_manage_chat", "can_delete_messages", "can_pin_messages"}),
    ),
    topics=("Alerts", "Charts"),
)
CORNER_NEWS: Final = ChatPlan(
    id=-1_000_000_004_003,
    kind="channel",
    title="Corner News",
    username="corner_news",
    creator=ALICE.id,
    members=(BOB.id, CAROL.id),
    bot=Standing(
        status=Status.ADMINISTRATOR,
        rights=frozenset({"can_manage_chat", "can_post_messages", "can_edit_messages", "can_delete_messages"}),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The bot, the people and their chats. Every person (bots excepted) gets a private chat with the bot."""

    bot_token: str = BOT_TOKEN
    bot_name: str = "Practice Bot"
    bot_username: str = "andx_practice_bot"
    people: tuple[Person, ...] = (ALICE, BOB, CAROL, HELPER_BOT)
    chats: tuple[ChatPlan, ...] = (TRADING_CORNER, MARKET_TALK, CORNER_NEWS)

    @property
    def bot(self) -> Person:
        """The bot as a user."""
        return Person(
            id=int(self.bot_token.partition(":")[0]),
            first_name=self.bot_name,
            username=self.bot_username,
            is_bot=True,
        )
