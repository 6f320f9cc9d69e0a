"""Swaps: questions, cards that wait for a tap, and the cards of those that are followed."""

from chatbot.domain.ids import DialogueId, SwapId, TicketId
from handlers.buttons import button


@button("xs")
class StartSwap:
    pass


@button("xc")
class ChooseForSwap:
    """One of the answers offered with a question of a swap."""

    dialogue: DialogueId
    choice: int


@button("xt")
class TurnSwap:
    """Sends what was to be received, and receives what was to be sent."""

    dialogue: DialogueId


@button("xk")
class ConfirmSwap:
    """Creates the order of a swap's card, or sets the payout address of one; with a code where there is a factor."""

    ticket: TicketId


@button("xo")
class ShowSwap:
    """The card of an order, as a new message, followed from then on."""

    reference: str


@button("xl")
class ShowSwaps:
    page: int


@button("xr")
class RefreshSwap:
    swap: SwapId


@button("xp")
class MarkSwapPaid:
    """Tells the service that the deposit was sent."""

    swap: SwapId


@button("xi")
class GiveTransaction:
    """Asks for the id of the deposit's transaction."""

    swap: SwapId


@button("xu")
class UnmarkSwap:
    """Takes back that the deposit was sent."""

    swap: SwapId


@button("xa")
class SetSwapPayout:
    """Asks for the payout address of a swap that has none."""

    swap: SwapId


@button("xq")
class ShowSwapPicture:
    swap: SwapId


@button("xh")
class SwapHelp:
    pass
