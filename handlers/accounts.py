"""/link, /accounts, /unlink: an account and its key. Every message that holds a secret is deleted first of all."""

from chatbot.domain import protected
from chatbot.domain.accounts import Venue
from chatbot.domain.drafts import Dialogue, LinkDraft
from chatbot.domain.errors import InputError
from chatbot.domain.secrets import Credentials
from chatbot.services.accounts import read_credentials
from handlers.actions import AskUnlink, BeginLink, LinkPractice, ShowAccounts, Unlink, UseAccount
from handlers.commands import Answer, Button, Command, Needs, Protected, Route
from handlers.context import Context
from handlers.locks import standing
from handlers.protection import protect
from handlers.views import accounts as views
from handlers.views.screen import Screen


async def link(ctx: Context) -> None:
    """`/link`, `/link paper`, or all four values in one message."""
    words = ctx.args.split()
    venue = _venue(ctx, words)
    if not words:
        await _ask_first(ctx, venue)
        return
    await _delete_secret(ctx)
    credentials = read_credentials(words)
    await ctx.services.questions.forget(person=ctx.person.id, chat=ctx.chat.id)
    await _link(ctx, venue, credentials)


async def begin(ctx: Context, action: BeginLink) -> None:
    await _ask_first(ctx, action.venue if action.venue in ctx.services.markets.venues else _first_venue(ctx))


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    """One of the four values."""
    await _delete_secret(ctx)
    taken = await ctx.services.linking.answer(dialogue, ctx.args)
    if isinstance(taken, LinkDraft):
        await ctx.reply(views.asking(taken.asking, venue=taken.venue))
    elif isinstance(dialogue.draft, LinkDraft):
        await _link(ctx, dialogue.draft.venue, taken)


async def practise(ctx: Context, _: LinkPractice) -> None:
    await ctx.reply(views.report(await ctx.services.accounts.link_practice(ctx.person.id, chat=ctx.chat.id)))


async def accounts(ctx: Context) -> None:
    await ctx.reply(await _accounts(ctx))


async def show_accounts(ctx: Context, _: ShowAccounts) -> None:
    await ctx.edit(await _accounts(ctx))


async def use(ctx: Context, action: UseAccount) -> None:
    if not await ctx.services.accounts.activate(ctx.person.id, action.account):
        raise InputError("This account is not linked any more.")
    await ctx.edit(await _accounts(ctx))


async def unlink(ctx: Context) -> None:
    """Name it by its label, or pick it from the list; either way it is asked once more."""
    linked, _ = await ctx.services.accounts.of(ctx.person.id)
    named = [account for account in linked if account.label.lower() == ctx.args.strip().lower()]
    if ctx.args.strip() and not named:
        raise InputError("No account has this name; /accounts lists yours.")
    only = named[0] if named else (linked[0] if len(linked) == 1 else None)
    await ctx.reply(views.ask_unlink(only) if only else await _accounts(ctx))


async def ask_unlink(ctx: Context, action: AskUnlink) -> None:
    linked, _ = await ctx.services.accounts.of(ctx.person.id)
    for account in linked:
        if account.id == action.account:
            await ctx.edit(views.ask_unlink(account))
            return
    raise InputError("This account is not linked any more.")


async def unlink_for_good(ctx: Context, action: Unlink) -> None:
    await protect(ctx, protected.Unlink(account=action.account), in_place=True)


async def unlink_now(ctx: Context, action: protected.Unlink) -> None:
    if not await ctx.services.accounts.unlink(ctx.person.id, action.account, chat=ctx.chat.id):
        raise InputError("This account is not linked any more.")
    await ctx.edit(views.unlinked())


async def _ask_first(ctx: Context, venue: Venue) -> None:
    draft = await ctx.services.linking.begin(venue=venue, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.reply(views.asking(draft.asking, venue=venue))


async def _link(ctx: Context, venue: Venue, credentials: Credentials) -> None:
    found = await ctx.services.accounts.link(ctx.person.id, venue=venue, credentials=credentials, chat=ctx.chat.id)
    await ctx.reply(views.report(found))


async def _delete_secret(ctx: Context) -> None:
    """Delete the message at once; say so if Telegram would not."""
    warning = views.key_kept(deleted=await ctx.delete_incoming())
    if warning is not None:
        await ctx.reply(Screen(warning), quoting=True)


async def _accounts(ctx: Context) -> Screen:
    linked, active = await ctx.services.accounts.of(ctx.person.id)
    practice, now = ctx.services.accounts.has_practice, ctx.clock.now()
    return views.accounts(linked, active, practice=practice, now=now, standing=standing(ctx))


def _venue(ctx: Context, words: list[str]) -> Venue:
    """The venue named first, taken off the words; else the first there is."""
    if words and words[0].lower() in set(Venue):
        named = Venue(words.pop(0).lower())
        if named not in ctx.services.markets.venues:
            raise InputError(f"This bot has no exchange named {named}.")
        return named
    return _first_venue(ctx)


def _first_venue(ctx: Context) -> Venue:
    return ctx.services.markets.venues[0]


ROUTES: tuple[Route, ...] = (
    Command(
        "link",
        "Link your exchange account",
        handle=link,
        usage=("/link", "/link USERNAME PASSPHRASE API_KEY SECRET"),
        subject="Account",
        secret=True,
        by_link=True,
    ),
    Command(
        "accounts",
        "Your linked accounts",
        handle=accounts,
        usage=("/accounts",),
        subject="Account",
        needs=Needs.ROWS,
        by_link=True,
    ),
    Command(
        "unlink",
        "Erase a linked account for good",
        handle=unlink,
        usage=("/unlink", "/unlink ACCOUNT"),
        examples=("/unlink andx-1",),
        subject="Account",
        needs=Needs.ROWS,
    ),
    Answer(LinkDraft, handle=answer, secret=True),
    Button(BeginLink, handle=begin),
    Button(LinkPractice, handle=practise),
    Button(ShowAccounts, handle=show_accounts, needs=Needs.ROWS),
    Button(UseAccount, handle=use),
    Button(AskUnlink, handle=ask_unlink, needs=Needs.ROWS),
    Button(Unlink, handle=unlink_for_good, needs=Needs.ROWS),
    Protected(protected.Unlink, handle=unlink_now, needs=Needs.ROWS),
)
