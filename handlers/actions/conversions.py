"""Conversions: questions, and cards that show a quote."""

from chatbot.domain.ids import DialogueId, TicketId
from handlers.buttons import button


@button("cv")
class StartConversion:
    """Begins with a currency to sell, if one is named."""

    sell: str | None


@button("cvc")
class ChooseForConversion:
    """One of the answers offered with a question of a conversion."""

    dialogue: DialogueId
    choice: int


@button("cvt")
class TurnConversion:
    """Sells what was to be bought, and buys what was to be sold."""

    dialogue: DialogueId


@button("cvx")
class TurnConversionCard:
    """Closes a quote's card, and asks for the other way round."""

    ticket: TicketId
