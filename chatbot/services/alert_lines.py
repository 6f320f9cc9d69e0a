"""What is typed about alerts, where a number may be two: `90,000` is the one that its market can come to."""

from collections.abc import Callable

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_drafts import AlertChoice, AlertKind, AlertRequest
from chatbot.domain.alert_fitting import is_out_of_reach
from chatbot.domain.alert_questions import offered_meanings
from chatbot.domain.alert_text import AlertUnread
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.services.alert_readings import AlertReader


class Undecided(InputError):
    """A number can be read in two ways, and both may be meant: `choices`."""

    def __init__(self, sentence: str, *, choices: tuple[AlertChoice, ...]) -> None:
        super().__init__(sentence)
        self.choices = choices


class AlertLines:
    def __init__(self, reader: AlertReader) -> None:
        self._reader = reader

    async def read(self, text: str, how: Callable[[str], AlertRequest], *, venue: Venue) -> AlertRequest:
        """What a text says. Raises `Undecided`, and what `how` raises.

        Nothing is guessed: of two readings of a price one counts if the other is out of the market's reach, and would
        be refused. What was understood is shown.
        """
        try:
            return how(text)
        except AmbiguousNumber as error:
            choices, problem = offered_meanings(text, error, how)
            meant = [choice.request for choice in choices if await self._is_in_reach(choice.request, venue)]
            if len(meant) != 1:
                raise Undecided(problem or error.sentence, choices=choices) from None
        if problem:
            raise AlertUnread(problem, known=meant[0])
        return meant[0]

    async def _is_in_reach(self, request: AlertRequest, venue: Venue) -> bool:
        """Whether a level may be meant; of what is no price of a known market nothing speaks against it."""
        if request.kind is not AlertKind.PRICE or request.symbol is None or request.level is None:
            return True
        try:
            quoted = await self._reader.quote(request.symbol, venue)
        except InputError:
            return True
        return not is_out_of_reach(request.level, quoted.ticker)
