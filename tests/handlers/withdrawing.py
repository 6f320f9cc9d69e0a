"""Anna withdraws in her chat."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pyotp

from chatbot.domain.factors import STEP
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.tickets import Ticket, TicketState
from handlers.buttons import pack
from handlers.wire import read_update
from tests.handlers.conversation import Conversation, keyboard
from tests.services.house import ANNA, CHAT, House

S = TicketState
GROUP = -4_001
DAY = timedelta(hours=24)


class Phone:
    """Anna's authenticator app."""

    def __init__(self, house: House, secret: str, recovery: tuple[str, ...]) -> None:
        self._house, self._totp, self.recovery = house, pyotp.TOTP(secret), recovery

    @property
    def code(self) -> str:
        """One that was not used yet: every look at it waits for the next."""
        self._house.clock.pass_(STEP)
        return self._totp.at(self._house.clock.now())

    @property
    def wrong(self) -> str:
        now = self._house.clock.now()
        near = {self._totp.at(now + timedelta(seconds=STEP * away)) for away in (-1, 0, 1)}
        return next(digits for digits in ("111111", "222222", "333333", "444444") if digits not in near)


async def turned_on(house: House) -> Phone:
    made = await house.factors.begin(ANNA, bot="a_bot")
    secret = made.secret.reveal()
    return Phone(house, secret, await house.factors.confirm(ANNA, pyotp.TOTP(secret).at(house.clock.now()), chat=CHAT))


async def latest(house: House) -> Ticket:
    """The youngest ticket of all."""
    tickets = await house.storage.tickets._list()
    return max(tickets, key=lambda ticket: (ticket.created_at, ticket.client_id))


async def state(house: House) -> TicketState:
    return (await latest(house)).state


def number(anna: Conversation) -> str:
    """What the card asks to be typed."""
    asking = next(shown for shown in reversed(anna.shown) if "write this number here: " in shown.text)
    return asking.text.split("write this number here: ")[1].split()[0]


async def asked(anna: Conversation, words: str = "BTC 0.05 savings") -> Ticket:
    """A card whose second step is asked for."""
    await anna.say(f"/withdraw {words}")
    await anna.tap("Continue")
    ticket = await latest(anna.house)
    assert ticket.state is S.CONTINUED
    return ticket


async def tapped_by(anna: Conversation, action: object, *, person: int, chat: int, message: int) -> None:
    """Somebody's client sends a button's data from some message of some chat."""
    kind = "private" if chat > 0 else "supergroup"
    where = {"message_id": message, "date": 1, "chat": {"id": chat, "type": kind, "title": "G"}}
    where["reply_markup"] = keyboard(pack(action))
    sender = {"id": person, "is_bot": False, "first_name": "X"}
    query = {"id": "9", "from": sender, "message": where, "data": pack(action)}
    await anna.router.handle(read_update(msgspec.json.encode({"update_id": 99_999, "callback_query": query})))


def sent(house: House) -> list[tuple[str, Decimal, str]]:
    return [(each.currency, each.amount, each.alias) for each in house.exchange.withdrawals]


async def alarms(house: House) -> list[AlarmKind]:
    return [notice.kind for notice in await house.told() if isinstance(notice, Alarm)]
