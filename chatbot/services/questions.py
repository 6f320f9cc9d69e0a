"""The one question that may be open per person and chat: kept sealed, answered by a tap or a message, forgotten."""

from dataclasses import replace

from chatbot.domain.drafts import DIALOGUE_LIFETIME, Dialogue, Draft
from chatbot.domain.ids import ChatId, DialogueId, MessageId, PersonId
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.dialogues import Dialogues


class Questions:
    """Asks, finds and forgets."""

    def __init__(self, *, dialogues: Dialogues, clock: Clock, entropy: Entropy) -> None:
        self._dialogues = dialogues
        self._clock = clock
        self._entropy = entropy

    async def ask(self, draft: Draft, *, person: PersonId, chat: ChatId) -> Dialogue:
        """Keep a question; it replaces the one that was open here."""
        dialogue = Dialogue(
            id=DialogueId(self._entropy.token()),
            person=person,
            chat=chat,
            message=None,
            draft=draft,
            expires_at=self._clock.now() + DIALOGUE_LIFETIME,
        )
        await self._dialogues.put(dialogue)
        return dialogue

    async def shown(self, dialogue: Dialogue, message: MessageId) -> None:
        """Remember which message the question is."""
        await self._dialogues.put(replace(dialogue, message=message))

    async def change(self, dialogue: Dialogue, draft: Draft) -> None:
        """Go on asking, with a draft that says more."""
        await self._dialogues.put(replace(dialogue, draft=draft))

    async def find(self, dialogue: DialogueId, *, person: PersonId, chat: ChatId) -> Dialogue | None:
        """The person's own question in this chat; None if it is over."""
        found = await self._dialogues.get(dialogue, person=person, now=self._clock.now())
        return found if found is not None and found.chat == chat else None

    async def open_in(self, chat: ChatId, *, person: PersonId) -> Dialogue | None:
        """The question that waits for this person's answer here."""
        return await self._dialogues.open_in(chat, person=person, now=self._clock.now())

    async def drop(self, dialogue: DialogueId, *, person: PersonId, chat: ChatId) -> None:
        """End this question, if it is still the open one."""
        if await self.find(dialogue, person=person, chat=chat) is not None:
            await self.forget(person=person, chat=chat)

    async def forget(self, *, person: PersonId, chat: ChatId) -> None:
        """End whatever question is open here."""
        await self._dialogues.close(chat, person=person)
