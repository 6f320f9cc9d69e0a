"""Every button there is. A payload names a stored record or something public, never an amount or a person."""

from enum import StrEnum

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AccountId, DialogueId, OrderNumber, PersonId, TicketId
from chatbot.domain.orders import OrderFilter, Side
from handlers.buttons import button


class PriceList(StrEnum):
    """A list of prices that has a name."""

    FAVOURITES = "fav"
    LIVELIEST = "live"


@button("tk")
class ConfirmTicket:
    ticket: TicketId


@button("td")
class DeclineTicket:
    ticket: TicketId


@button("ta")
class RepeatTicket:
    """A new card for the order of a ticket that came to nothing."""

    ticket: TicketId


@button("tr")
class RefreshTicket:
    ticket: TicketId


@button("dc")
class Choose:
    """One of the answers offered with a question."""

    dialogue: DialogueId
    choice: int


@button("dx")
class DropDialogue:
    dialogue: DialogueId


@button("p")
class RefreshPrices:
    """Market codes, joined by a dot."""

    codes: str


@button("pl")
class ShowPrices:
    which: PriceList


@button("pn")
class ShowPrice:
    """The price of one market, as a new message."""

    code: str


@button("b")
class ShowBook:
    code: str


@button("ms")
class ShowMarkets:
    page: int


@button("pf")
class ToggleFavourite:
    code: str


@button("to")
class StartOrder:
    side: Side
    code: str | None


@button("bal")
class ShowBalance:
    account: AccountId


@button("ol")
class ShowOrders:
    account: AccountId
    which: OrderFilter
    page: int
    code: str | None


@button("os")
class ShowOrder:
    account: AccountId
    number: OrderNumber


@button("oc")
class CancelOrder:
    """Opens the card that cancels one order."""

    account: AccountId
    number: OrderNumber


@button("oa")
class CancelAll:
    """Opens the card that cancels all open orders, or those of a market."""

    account: AccountId
    code: str | None


@button("as")
class UseAccount:
    account: AccountId


@button("au")
class AskUnlink:
    account: AccountId


@button("ax")
class Unlink:
    account: AccountId


@button("al")
class BeginLink:
    venue: Venue


@button("ap")
class LinkPractice:
    pass


@button("aa")
class ShowAccounts:
    pass


@button("pr")
class AskRemovePerson:
    person: PersonId


@button("px")
class RemovePerson:
    person: PersonId


@button("pp")
class ShowPeople:
    page: int


@button("pi")
class Invite:
    pass


@button("h")
class ShowHelp:
    command: str | None


@button("pd")
class ShowPending:
    pass
