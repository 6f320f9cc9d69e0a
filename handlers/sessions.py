"""`/link instant`, `/unlink instant`: a browser session. Every message that holds one is deleted first of all."""

from collections.abc import Sequence

from chatbot.domain.accounts import Account
from chatbot.domain.convert_drafts import ConvertRequest
from chatbot.domain.drafts import Dialogue, SessionDraft
from chatbot.domain.ids import AccountId
from chatbot.domain.notices import SessionRejected
from chatbot.domain.secrets import Session
from chatbot.services.sessions import SessionReport, read_session
from handlers.actions import BeginSession, DropSession, LinkPracticeSession
from handlers.commands import Answer, Button, Hearing, Needs, Route, Spill, Telling
from handlers.context import Context
from handlers.shortcuts import reconsidered
from handlers.tickets import show
from handlers.views import sessions as views
from handlers.views.screen import Screen


async def link(ctx: Context, words: list[str]) -> None:
    """`/link instant`, alone or with both values, for the active account."""
    if not words:
        await _ask(ctx, await ctx.services.accounts.active(ctx.person.id))
        return
    await _delete_secret(ctx)
    session = read_session(words)
    waiting = await ctx.services.linking.waiting_conversion(person=ctx.person.id, chat=ctx.chat.id)
    await ctx.services.questions.forget(person=ctx.person.id, chat=ctx.chat.id)
    await _link(ctx, session, account=None, waiting=waiting)


async def begin(ctx: Context, action: BeginSession) -> None:
    await _ask(ctx, await ctx.services.accounts.own(ctx.person.id, action.account))


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    """One of the two values, or both; or, once it is deleted all the same, a second thought."""
    await _delete_secret(ctx)
    if await reconsidered(ctx, dialogue, free=True):
        return
    waiting = dialogue.draft.waiting if isinstance(dialogue.draft, SessionDraft) else None
    account, session = await ctx.services.linking.answer_session(dialogue, ctx.args)
    if session is None:
        await ctx.reply(views.asking_token())
    else:
        await _link(ctx, session, account=account, waiting=waiting)


async def practise(ctx: Context, action: LinkPracticeSession) -> None:
    found = await ctx.services.sessions.link_practice(ctx.person.id, action.account, chat=ctx.chat.id)
    waiting = await ctx.services.linking.waiting_conversion(person=ctx.person.id, chat=ctx.chat.id)
    await ctx.services.questions.forget(person=ctx.person.id, chat=ctx.chat.id)
    await _linked(ctx, found, waiting=waiting)


async def unlink(ctx: Context) -> None:
    """`/unlink instant`: that of the active account."""
    await ctx.reply(views.unlinked(await ctx.services.sessions.unlink(ctx.person.id, chat=ctx.chat.id)))


async def drop(ctx: Context, action: DropSession) -> None:
    account = await ctx.services.sessions.unlink(ctx.person.id, action.account, chat=ctx.chat.id)
    await ctx.edit(views.unlinked(account))


async def _ask(ctx: Context, account: Account) -> None:
    await ctx.services.linking.begin_session(account.id, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.reply(views.asking(account, practice=ctx.services.accounts.has_practice))


async def _link(ctx: Context, session: Session, *, account: AccountId | None, waiting: ConvertRequest | None) -> None:
    if waiting is not None:
        await ctx.services.linking.keep_waiting(waiting, person=ctx.person.id, chat=ctx.chat.id)
    found = await ctx.services.sessions.link(ctx.person.id, session, account=account, chat=ctx.chat.id)
    await _linked(ctx, found, waiting=waiting)


async def _linked(ctx: Context, found: SessionReport, *, waiting: ConvertRequest | None) -> None:
    """Say what the session is good for, and go on with the conversion that waited for one."""
    await ctx.reply(views.report(found))
    if found.state is not None and waiting is not None:
        desk, person, chat = ctx.services.conversions, ctx.person.id, ctx.chat.id
        await show(ctx, await desk.advance(waiting, person=person, chat=chat, account=found.account))


async def take_out(ctx: Context) -> None:
    """A secret that nothing asks for, a session or a key, goes out of the chat; nothing else is done with it."""
    deleted = await ctx.delete_incoming()
    _, active = await ctx.services.accounts.of(ctx.person.id)
    await ctx.reply(views.taken_out(active, deleted=deleted), quoting=not deleted)


async def _delete_secret(ctx: Context) -> None:
    """Delete the message at once; say so if Telegram would not."""
    if not await ctx.delete_incoming():
        await ctx.reply(views.kept(), quoting=True)


async def _rejected(hearing: Hearing, notices: Sequence[SessionRejected]) -> Screen | None:
    """There is nothing to ask for if a fresh one was given meanwhile, or the session was unlinked."""
    [notice] = notices
    sessions = hearing.services.sessions
    if not await sessions.has_ended(notice.account):
        return None
    return views.ended(notice, waiting=await sessions.open_conversions(notice.account), now=hearing.now)


ROUTES: tuple[Route, ...] = (
    Answer(SessionDraft, handle=answer, secret=True),
    Button(BeginSession, handle=begin),
    Button(LinkPracticeSession, handle=practise),
    Button(DropSession, handle=drop, needs=Needs.ROWS),
    Spill(handle=take_out),
)

TELLINGS = (Telling(SessionRejected, say=_rejected),)
