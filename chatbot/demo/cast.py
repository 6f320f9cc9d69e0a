"""Who and what a world starts with."""

from dataclasses import dataclass, field

from chatbot.demo.values import Person

# Made up; the part before the colon is the bot's id, as in a real token.
BOT_TOKEN = "7000000001:local-chat-token-that-opens-nothing-else"

ALICE = Person(id=1001, first_name="Alice", username="alice")
BOB = Person(id=1002, first_name="Bob", username="bob")
CAROL = Person(id=1003, first_name="Carol", username="carol")
HELPER_BOT = Person(id=2001, first_name="Helper Bot", username="helper_bot", is_bot=True)


@dataclass(frozen=True, kw_only=True)
class GroupPlan:
    """A group with its creator (an administrator) and further members, by id."""

    id: int
    title: str
    creator: int
    members: tuple[int, ...]
    bot_inside: bool = True


TRADING_CORNER = GroupPlan(
    id=-4001, title="Trading Corner", creator=ALICE.id, members=(BOB.id, CAROL.id, HELPER_BOT.id)
)


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The bot, the people and the groups. Every person (bots excepted) gets a private chat with the bot."""

    bot_token: str = BOT_TOKEN
    bot_name: str = "Practice Bot"
    bot_username: str = "andx_practice_bot"
    people: tuple[Person, ...] = (ALICE, BOB, CAROL, HELPER_BOT)
    groups: tuple[GroupPlan, ...] = field(default=(TRADING_CORNER,))

    @property
    def bot(self) -> Person:
        """The bot as a user."""
        return Person(
            id=int(self.bot_token.partition(":")[0]),
            first_name=self.bot_name,
            username=self.bot_username,
            is_bot=True,
        )
