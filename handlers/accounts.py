"""/link, /accounts, /unlink: an account and its key. Every message that holds a secret is deleted first of all."""

from chatbot.domain import protected
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.drafts import Dialogue, LinkDraft, Question, SwapKeyDraft
from chatbot.domain.errors import InputError, NoSwapKey
from chatbot.domain.secrets import Credentials, SwapKey
from chatbot.services.accounts import SwapKeyReport, read_credentials, read_swap_key
from handlers import sessions
from handlers.actions import (
    AskUnlink,
    BeginLink,
    LinkPractice,
    LinkPracticeSwaps,
    ShowAccounts,
    Unlink,
    UseAccount,
)
from handlers.commands import Answer, Button, Command, Needs, Protected, Route
from handlers.context import Context
from handlers.locks import standing
from handlers.protection import protect
from handlers.shortcuts import reconsidered
from handlers.tickets import show
from handlers.views import accounts as views
from handlers.views.screen import Screen

_INSTANT = "instant"
_OTHER_NAMES = {"n.exchange": Venue.NEXCHANGE}


async def link(ctx: Context) -> None:
    """`/link`, `/link paper`, or all four values in one message; `/link nexchange`, alone or with its key; `/link
    instant`, alone or with both values of a session.
    """
    words = ctx.args.split()
    if words[:1] and words[0].lower() == _INSTANT:
        await sessions.link(ctx, words[1:])
        return
    named = _take_venue(words)
    if words:
        await _delete_secret(ctx)
    venue = _known(ctx, named)
    if not words:
        await _ask_first(ctx, venue)
    elif venue.swaps:
        await _link_swap_key(ctx, venue, read_swap_key(" ".join(words)))
    else:
        credentials = read_credentials(words)
        await ctx.services.questions.forget(person=ctx.person.id, chat=ctx.chat.id)
        await _link(ctx, venue, credentials)


async def begin(ctx: Context, action: BeginLink) -> None:
    """The button of an exchange that is not known here (any more) asks for the key of the first that is."""
    known = action.venue.swaps or action.venue in ctx.services.markets.venues
    await _ask_first(ctx, _known(ctx, action.venue if known else None))


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    """One of the four values; or, once it is deleted all the same, a second thought. A passphrase is any text."""
    await _delete_secret(ctx)
    is_passphrase = isinstance(dialogue.draft, LinkDraft) and dialogue.draft.asking is Question.PASSPHRASE
    if not is_passphrase and await reconsidered(ctx, dialogue, free=True):
        return
    taken = await ctx.services.linking.answer(dialogue, ctx.args)
    if isinstance(taken, LinkDraft):
        await ctx.reply(views.asking(taken.asking, venue=taken.venue))
    elif isinstance(dialogue.draft, LinkDraft):
        await _link(ctx, dialogue.draft.venue, taken)


async def answer_swap_key(ctx: Context, dialogue: Dialogue) -> None:
    """What is not accepted is asked for again: it may have been a stray word. A second thought is carried out."""
    await _delete_secret(ctx)
    if await reconsidered(ctx, dialogue, free=True):
        return
    venue, key = ctx.services.linking.answer_swap_key(dialogue, ctx.args)
    await _link_swap_key(ctx, _known(ctx, venue), key)


async def practise_swaps(ctx: Context, _: LinkPracticeSwaps) -> None:
    found = await ctx.services.accounts.link_practice_swaps(ctx.person.id, chat=ctx.chat.id)
    await _linked(ctx, found)


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
    if ctx.args.strip().lower() == _INSTANT:
        await sessions.unlink(ctx)
        return
    linked, _ = await ctx.services.accounts.of(ctx.person.id)
    named = [account for account in linked if account.label.lower() == ctx.args.strip().lower()]
    if ctx.args.strip() and not named:
        raise InputError("No account has this name; /accounts lists yours.")
    only = named[0] if named else (linked[0] if len(linked) == 1 else None)
    await ctx.reply(await _ask_unlink(ctx, only) if only else await _accounts(ctx))


async def ask_unlink(ctx: Context, action: AskUnlink) -> None:
    linked, _ = await ctx.services.accounts.of(ctx.person.id)
    for account in linked:
        if account.id == action.account:
            await ctx.edit(await _ask_unlink(ctx, account))
            return
    raise InputError("This account is not linked any more.")


async def _ask_unlink(ctx: Context, account: Account) -> Screen:
    followed = await ctx.services.followed_swaps.open_of(ctx.person.id) if account.venue.swaps else ()
    return views.ask_unlink(account, [each.swap for each in followed if each.account == account.id])


async def unlink_for_good(ctx: Context, action: Unlink) -> None:
    await protect(ctx, protected.Unlink(account=action.account), in_place=True)


async def unlink_now(ctx: Context, action: protected.Unlink) -> None:
    if not await ctx.services.accounts.unlink(ctx.person.id, action.account, chat=ctx.chat.id):
        raise InputError("This account is not linked any more.")
    await ctx.edit(views.unlinked())


async def _ask_first(ctx: Context, venue: Venue) -> None:
    linking, accounts = ctx.services.linking, ctx.services.accounts
    if venue.swaps:
        await linking.begin_swap_key(venue=venue, person=ctx.person.id, chat=ctx.chat.id)
        await ctx.reply(views.asking_swap_key(venue=venue, practice=accounts.has_practice_swaps))
        return
    draft = await linking.begin(venue=venue, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.reply(views.asking(draft.asking, venue=venue, swaps=Venue.NEXCHANGE in accounts.venues))


async def _link(ctx: Context, venue: Venue, credentials: Credentials) -> None:
    found = await ctx.services.accounts.link(ctx.person.id, venue=venue, credentials=credentials, chat=ctx.chat.id)
    await ctx.reply(views.report(found))


async def _link_swap_key(ctx: Context, venue: Venue, key: SwapKey) -> None:
    await _linked(ctx, await ctx.services.accounts.link_swap_key(ctx.person.id, venue=venue, key=key, chat=ctx.chat.id))


async def _linked(ctx: Context, found: SwapKeyReport) -> None:
    """Say what the key is good for, and go on with the swap that waited for one."""
    waiting = await ctx.services.linking.waiting(person=ctx.person.id, chat=ctx.chat.id)
    await ctx.reply(views.swap_key_report(found, goes_on=waiting is not None))
    if found.account is None:
        return
    await ctx.services.questions.forget(person=ctx.person.id, chat=ctx.chat.id)
    if waiting is not None:
        await show(ctx, await ctx.services.swaps.advance(waiting, person=ctx.person.id, chat=ctx.chat.id))


async def _delete_secret(ctx: Context) -> None:
    """Delete the message at once; say so if Telegram would not."""
    warning = views.key_kept(deleted=await ctx.delete_incoming())
    if warning is not None:
        await ctx.reply(Screen(warning), quoting=True)


async def _accounts(ctx: Context) -> Screen:
    accounts, person = ctx.services.accounts, ctx.person.id
    linked, active = await accounts.of(person)
    try:
        swapping: Account | None = await accounts.swap_account(person)
    except NoSwapKey:
        swapping = None
    return views.accounts(
        linked,
        active,
        swapping=swapping,
        practice=accounts.has_practice,
        practice_swaps=accounts.has_practice_swaps,
        sessions=await ctx.services.sessions.states(linked),
        now=ctx.clock.now(),
        standing=standing(ctx),
    )


def _take_venue(words: list[str]) -> Venue | None:
    """The venue named first, taken off the words."""
    first = words[0].lower() if words else ""
    if first not in set(Venue) and first not in _OTHER_NAMES:
        return None
    words.pop(0)
    return _OTHER_NAMES.get(first) or Venue(first)


def _known(ctx: Context, named: Venue | None) -> Venue:
    """The venue that was named; without a name the first exchange there is."""
    if named is None:
        return ctx.services.markets.venues[0]
    if named in ctx.services.accounts.venues:
        return named
    if named.swaps and ctx.services.accounts.has_practice_swaps:
        raise InputError("This bot is not connected to n.exchange. Swaps can be practised here: /swap begins.")
    raise InputError(f"This bot has no exchange named {named}.")


ROUTES: tuple[Route, ...] = (
    Command(
        "link",
        "Link your exchange account, a key for swaps, or Instant Trade",
        handle=link,
        usage=(
            "/link",
            "/link USERNAME PASSPHRASE API_KEY SECRET",
            "/link nexchange",
            "/link nexchange API_KEY",
            "/link instant",
            "/link instant USER_NAME TOKEN",
        ),
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
        usage=("/unlink", "/unlink ACCOUNT", "/unlink instant"),
        examples=("/unlink andx-1",),
        subject="Account",
        needs=Needs.ROWS,
    ),
    Answer(LinkDraft, handle=answer, secret=True),
    Answer(SwapKeyDraft, handle=answer_swap_key, secret=True),
    Button(BeginLink, handle=begin),
    Button(LinkPractice, handle=practise),
    Button(LinkPracticeSwaps, handle=practise_swaps),
    Button(ShowAccounts, handle=show_accounts, needs=Needs.ROWS),
    Button(UseAccount, handle=use),
    Button(AskUnlink, handle=ask_unlink, needs=Needs.ROWS),
    Button(Unlink, handle=unlink_for_good, needs=Needs.ROWS),
    Protected(protected.Unlink, handle=unlink_now, needs=Needs.ROWS),
)
