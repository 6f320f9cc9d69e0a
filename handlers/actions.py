"""Every button there is. A payload names a stored record or something public, never an amount or a person."""

from enum import StrEnum

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AccountId, AliasId, DialogueId, LimitChangeId, OrderNumber, PersonId, TicketId
from chatbot.domain.limits import LimitKind
from chatbot.domain.notices import NoticeKind, NoticeMode
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


@button("tn")
class ContinueTicket:
    """The first step of two; nothing is sent by it."""

    ticket: TicketId


@button("tw")
class SettleByWord:
    """A person's word on an outcome that cannot be looked up."""

    ticket: TicketId
    was_sent: bool


@button("tc")
class ShowTicket:
    """The card of a ticket, as a new message."""

    ticket: TicketId


@button("ta")
class RepeatTicket:
    """A new card for what a ticket that came to nothing was for."""

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


@button("wc")
class ChooseForWithdrawal:
    """One of the answers offered with a question of a withdrawal."""

    dialogue: DialogueId
    choice: int


@button("ws")
class StartWithdrawal:
    pass


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


@button("ls")
class ShowLimits:
    account: AccountId


@button("lc")
class ChangeLimit:
    """Asks for the new value of a limit."""

    account: AccountId
    kind: LimitKind


@button("lk")
class KeepLimit:
    """The raise that waits is dropped."""

    change: LimitChangeId


@button("wl")
class ShowAliases:
    page: int


@button("wr")
class AskRemoveAlias:
    alias: AliasId


@button("wx")
class RemoveAlias:
    alias: AliasId


@button("h")
class ShowHelp:
    command: str | None


@button("pd")
class ShowPending:
    pass


@button("2f")
class ShowFactor:
    pass


@button("2b")
class BeginFactor:
    pass


@button("2x")
class EndSetUp:
    pass


@button("2o")
class TurnOffFactor:
    pass


@button("2r")
class RenewRecoveryCodes:
    pass


@button("2q")
class RequireFactor:
    """Of everybody."""

    required: bool


@button("2d")
class DeleteShown:
    """The message that shows a secret goes."""


@button("nm")
class SetNotices:
    kind: NoticeKind
    mode: NoticeMode


@button("jo")
class ShowAudit:
    """One's own entries, those with lower numbers than `before` (0: the newest)."""

    before: int


@button("jc")
class ExportAudit:
    pass


@button("ja")
class ShowEverybodysAudit:
    before: int


@button("jx")
class ExportEverybodysAudit:
    pass


@button("fg")
class AskForget:
    pass


@button("fk")
class KeepEverything:
    pass
