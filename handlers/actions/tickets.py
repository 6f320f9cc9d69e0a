"""Cards that wait for a tap, and questions in progress."""

from chatbot.domain.ids import DialogueId, TicketId
from chatbot.domain.orders import Side
from handlers.buttons import button


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


@button("wc")
class ChooseForWithdrawal:
    """One of the answers offered with a question of a withdrawal."""

    dialogue: DialogueId
    choice: int


@button("to")
class StartOrder:
    side: Side
    code: str | None


@button("ws")
class StartWithdrawal:
    pass


@button("pd")
class ShowPending:
    pass
