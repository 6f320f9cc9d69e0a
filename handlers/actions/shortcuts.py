"""What is asked back where somebody wrote less than a command."""

from chatbot.domain.ids import DialogueId
from chatbot.domain.shortcuts import AmountUse
from handlers.buttons import button


@button("amt")
class UseAmount:
    """What should become of the amount that a question is about."""

    dialogue: DialogueId
    use: AmountUse
