"""Asking for credentials one after the other, without keeping them anywhere but sealed."""

from dataclasses import replace

from chatbot.domain.accounts import Venue
from chatbot.domain.convert_drafts import ConvertDraft, ConvertRequest
from chatbot.domain.drafts import Dialogue, LinkDraft, Question, SessionDraft, SwapDraft, SwapKeyDraft, SwapRequest
from chatbot.domain.ids import AccountId, ChatId, PersonId
from chatbot.domain.secrets import Credentials, Session, SwapKey
from chatbot.services.accounts import read_secret, read_swap_key
from chatbot.services.questions import Questions
from chatbot.services.sessions import read_session, read_token, read_username

_NAMES = {
    Question.USERNAME: "username",
    Question.PASSPHRASE: "passphrase",
    Question.API_KEY: "API key",
    Question.SECRET_KEY: "secret key",
}


class Linking:
    """The questions of `/link`: four for an account at an exchange, one for a key of n.exchange, two for a session."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    async def begin(self, *, venue: Venue, person: PersonId, chat: ChatId) -> LinkDraft:
        """Ask for the first of the four."""
        draft = LinkDraft(venue=venue, asking=Question.USERNAME)
        await self._questions.ask(draft, person=person, chat=chat)
        return draft

    async def answer(self, dialogue: Dialogue, text: str) -> LinkDraft | Credentials:
        """Take one value; returns the next question, or all four.

        Raises `InputError` for what cannot be such a value; the question stays open.
        """
        draft = dialogue.draft
        if not isinstance(draft, LinkDraft):
            raise TypeError("not a link's dialogue")
        value = read_secret(text, what=_NAMES[draft.asking])
        if draft.asking is Question.USERNAME:
            draft = replace(draft, username=value, asking=Question.PASSPHRASE)
        elif draft.asking is Question.PASSPHRASE:
            draft = replace(draft, passphrase=value, asking=Question.API_KEY)
        elif draft.asking is Question.API_KEY:
            draft = replace(draft, api_key=value, asking=Question.SECRET_KEY)
        elif draft.username and draft.passphrase and draft.api_key:
            await self._questions.forget(person=dialogue.person, chat=dialogue.chat)
            return Credentials(
                username=draft.username, passphrase=draft.passphrase, api_key=draft.api_key, secret_key=value
            )
        await self._questions.ask(draft, person=dialogue.person, chat=dialogue.chat)
        return draft

    async def begin_swap_key(self, *, venue: Venue, person: PersonId, chat: ChatId) -> None:
        """Ask for the key; a swap whose question is open here waits for it."""
        draft = SwapKeyDraft(venue=venue, waiting=await self.waiting(person=person, chat=chat))
        await self._questions.ask(draft, person=person, chat=chat)

    async def waiting(self, *, person: PersonId, chat: ChatId) -> SwapRequest | None:
        """The swap whose question is open here, or waits behind that for its key."""
        found = await self._questions.open_in(chat, person=person)
        match found.draft if found is not None else None:
            case SwapDraft(request=request):
                return request
            case SwapKeyDraft(waiting=request):
                return request
            case _:
                return None

    def answer_swap_key(self, dialogue: Dialogue, text: str) -> tuple[Venue, SwapKey]:
        """Take the key; the question stays open until it was found good. Raises `InputError` for what cannot be one."""
        if not isinstance(dialogue.draft, SwapKeyDraft):
            raise TypeError("not a swap key's dialogue")
        return dialogue.draft.venue, read_swap_key(text)

    async def begin_session(self, account: AccountId, *, person: PersonId, chat: ChatId) -> None:
        """Ask for a browser session of an account; a conversion whose question is open here waits for it."""
        waiting = await self.waiting_conversion(person=person, chat=chat)
        await self._questions.ask(SessionDraft(account=account, waiting=waiting), person=person, chat=chat)

    async def waiting_conversion(self, *, person: PersonId, chat: ChatId) -> ConvertRequest | None:
        """The conversion whose question is open here, or waits behind that for a session."""
        found = await self._questions.open_in(chat, person=person)
        match found.draft if found is not None else None:
            case ConvertDraft(request=request):
                return request
            case SessionDraft(waiting=request):
                return request
            case _:
                return None

    async def keep_waiting(self, conversion: ConvertRequest, *, person: PersonId, chat: ChatId) -> None:
        """Have a conversion wait on, whatever becomes of the session that was given."""
        await self._questions.ask(ConvertDraft(request=conversion, asking=None), person=person, chat=chat)

    async def answer_session(self, dialogue: Dialogue, text: str) -> tuple[AccountId, Session | None]:
        """Take the user name, then the token, or both at once; None while the token is missing.

        Raises `InputError` for what cannot be such a value; the question stays open.
        """
        draft, words = dialogue.draft, text.split()
        if not isinstance(draft, SessionDraft):
            raise TypeError("not a session's dialogue")
        if len(words) == 2:
            session = read_session(words)
        elif draft.username is not None:
            session = Session(username=draft.username, token=read_token(text))
        else:
            draft = replace(draft, username=read_username(text))
            await self._questions.ask(draft, person=dialogue.person, chat=dialogue.chat)
            return draft.account, None
        await self._questions.forget(person=dialogue.person, chat=dialogue.chat)
        return draft.account, session
