"""From an update to a handler: who spoke, what was meant, whether it may be."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from telegram.error import TelegramError

from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.number_text import written_in
from chatbot.domain.stray_secrets import holds_secret, may_hold_secret
from chatbot.ports.clock import Clock
from chatbot.ports.dialogues import Dialogues
from chatbot.ports.spawner import Spawner
from chatbot.services.desk import Services
from handlers import wire
from handlers.admins import Admins
from handlers.attending import Attendant, Voice
from handlers.buttons import unpack
from handlers.commands import CommandHandler, Needs, Where
from handlers.context import BotName, ChatKind, Context, Room
from handlers.guards import Door, Measure, Sparingly, Verdict, deaf_to, is_anonymous, is_stale
from handlers.inline import Inline
from handlers.protection import burn
from handlers.routing import Routes, Words, read_words
from handlers.sender import NotDelivered, Sender
from handlers.views import door as views
from handlers.views.format import read_by
from handlers.views.screen import Screen
from handlers.visits import Visits

log = structlog.get_logger(__name__)

_SELDOM = timedelta(minutes=10)
"""How often the same chat is told the same thing at the door."""

_TURNED_AWAY_TAPS = {
    Verdict.SILENCE: views.NOT_HERE,
    Verdict.STRANGER: views.STRANGER,
    Verdict.OWNER_ONLY: views.OWNER_ONLY,
    Verdict.PRIVATE_ONLY: views.ONLY_IN_PRIVATE,
    Verdict.NOT_LINKED: views.NOT_LINKED,
    Verdict.ADMINS_ONLY: views.ADMINS_ONLY,
    Verdict.UNCLEAR: views.UNCLEAR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a message asks for; `late` is what it still asks for when it waited too long. `secret`: what it says should
    not stay in the chat; `addresses`: it may say things that look like secrets. `link` is what a link into the private
    chat carries on with, if it may.
    """

    do: Callable[[Context], Awaitable[None]]
    late: Callable[[Context], Awaitable[None]] | None = None
    where: Where = Where.PRIVATE
    needs: Needs = Needs.ACCESS
    secret: bool = False
    addresses: bool = False
    link: str = ""


class Router:
    """Handles updates. Raises only what storage raises while the guards look things up."""

    def __init__(
        self,
        routes: Routes,
        *,
        door: Door,
        admins: Admins,
        visits: Visits,
        attendant: Attendant,
        voice: Voice,
        sender: Sender,
        dialogues: Dialogues,
        services: Services,
        bot: BotName,
        clock: Clock,
        spawner: Spawner,
    ) -> None:
        self._routes = routes
        self._door = door
        self._admins = admins
        self._visits = visits
        self._attendant = attendant
        self._voice = voice
        self._sender = sender
        self._dialogues = dialogues
        self._services = services
        self._bot = bot
        self._clock = clock
        self._spawner = spawner
        self._strangers = Sparingly(_SELDOM, clock=clock)
        self._absences = Sparingly(_SELDOM, clock=clock)
        self._voices = Sparingly(_SELDOM, clock=clock)
        self._members = Sparingly(_SELDOM, clock=clock)
        self._crowds = Sparingly(_SELDOM, clock=clock)
        self._secrets = Sparingly(_SELDOM, clock=clock)
        self._measure = Measure(clock)
        self._inline = Inline(door=door, sender=sender, services=services, clock=clock)

    def urgent(self, update: wire.Update) -> str | None:
        """The command of an update that does not wait for what the same person said before; None for all others."""
        if update.message is None or update.message.text is None:
            return None
        command = self._routes.commands.get(read_words(update.message.text).command or "")
        return command.name if command is not None and command.urgent else None

    async def handle(self, update: wire.Update) -> None:
        if update.callback_query is not None:
            await self._on_tap(update.callback_query)
        elif update.message is not None:
            await self._on_message(update.message)
        elif update.edited_message is not None:
            await self._on_edit(update.edited_message)
        elif update.inline_query is not None:
            await self._inline.answer(update.inline_query)
        elif update.my_chat_member is not None:
            await self._visits.on_standing(update.my_chat_member)
        elif update.chat_member is not None:
            self._admins.forget(ChatId(update.chat_member.chat.id))

    async def _on_message(self, message: wire.Message) -> None:
        await self._visits.on_message(message)
        if is_anonymous(message):
            await self._answer_voice(message)
            return
        reason = deaf_to(message)
        if message.sender is None or message.text is None or reason:
            log.debug("message not heard", reason=reason or "no text")
            return
        words = self._opened_with(read_words(message.text))
        if not self._is_for_us(words):
            return
        ctx = await self._context(message.sender, message, args=words.args)
        meaning = await self._meaning(ctx, words)
        if meaning is None:
            return
        meaning = self._spilt(ctx, message.text, meaning)
        verdict = await self._admit(ctx, message, where=meaning.where, needs=meaning.needs)
        work: Awaitable[None]
        if verdict is not Verdict.SILENCE and not await self._has_room(ctx):
            work = self._hush(ctx, meaning)
        elif verdict is not Verdict.ADMITTED:
            work = self._turn_away(ctx, meaning, verdict)
        elif is_stale(message, now=self._clock.now()):
            work = self._excuse(ctx, meaning) if meaning.late is None else meaning.late(ctx)
        else:
            work = self._carry_out(ctx, meaning)
        await self._attend(ctx, work)

    async def _on_edit(self, message: wire.Message) -> None:
        """An edited message commands nothing; a secret that it holds by now is taken out of the private chat."""
        spill = self._routes.spill
        if spill is None or message.sender is None or message.text is None or message.chat.type != "private":
            return
        words = read_words(message.text)
        command = self._routes.commands.get(words.command or "")
        is_given = command is not None and command.secret and bool(words.args)
        # A plain text may be the address that was asked for when it was written.
        if not is_given and not holds_secret(message.text, addresses=command is None or command.addresses):
            return
        ctx = await self._context(message.sender, message, args=words.args)
        meaning = Meaning(do=spill.handle, secret=True)
        verdict = await self._admit(ctx, message, where=meaning.where, needs=meaning.needs)
        admitted = verdict is Verdict.ADMITTED
        await self._attend(ctx, meaning.do(ctx) if admitted else self._turn_away(ctx, meaning, verdict))

    def _spilt(self, ctx: Context, said: str, meaning: Meaning) -> Meaning:
        """What is done instead where the text holds a secret that nothing asks for."""
        spill = self._routes.spill
        if spill is None or meaning.secret or not ctx.is_private:
            return meaning
        return Meaning(do=spill.handle, secret=True) if holds_secret(said, addresses=meaning.addresses) else meaning

    async def _answer_voice(self, message: wire.Message) -> None:
        """Whoever speaks in a chat's voice authorises nothing; where an admin is needed they are told so, seldom."""
        words = read_words(message.text or "")
        command = self._routes.commands.get(words.command or "")
        chat = ChatId(message.chat.id)
        if command is None or command.needs is not Needs.ADMIN or not self._is_for_us(words):
            return
        if await self._door.is_open(chat) and self._voices.allows(chat):
            room = _room(message)
            screen = views.anonymous(self._bot.private_chat("here"))
            with contextlib.suppress(NotDelivered, TelegramError):
                await self._sender.send(room, screen, reply_to=MessageId(message.message_id))

    def _is_for_us(self, words: Words) -> bool:
        return words.bot is None or words.bot.lower() == self._bot.username.lower()

    def _opened_with(self, words: Words) -> Words:
        """A link into the private chat may carry a command that merely opens something: `/start buy` is `/buy`."""
        carried = self._routes.commands.get(words.args) if words.command == "start" else None
        return Words(carried.name, "", words.bot) if carried is not None and carried.by_link else words

    async def _meaning(self, ctx: Context, words: Words) -> Meaning | None:
        """None where silence is right: in groups, for what is not a command of ours."""
        command = self._routes.commands.get(words.command or "")
        if command is not None:
            secret = command.secret and bool(words.args)
            return Meaning(
                do=command.handle,
                late=command.late,
                where=command.where,
                needs=command.needs,
                secret=secret,
                addresses=command.addresses,
                link=command.name if command.by_link else "",
            )
        if ctx.chat.kind is ChatKind.GROUP:
            return None
        if words.command is not None:
            return self._unknown(words.command, words.args)
        return await self._answer_meant(ctx)

    def _unknown(self, name: str, args: str) -> Meaning:
        """A mistyped `/link …` holds secrets all the same: it is deleted before anything is said."""
        nearest = self._routes.nearest(name)
        say = _saying(views.unknown_command(name, nearest=nearest))
        meant = self._routes.commands.get(nearest or "")
        if meant is None or not meant.secret or not args:
            return Meaning(do=say)

        async def delete_and_say(ctx: Context) -> None:
            if not await ctx.delete_incoming():
                await ctx.reply(views.secret_left())
            await say(ctx)

        return Meaning(do=delete_and_say, secret=True)

    async def _answer_meant(self, ctx: Context) -> Meaning:
        """A plain text answers the question that is open, if one is and does not get a code it did not ask for."""
        dialogue = await self._dialogues.open_in(ctx.chat.id, person=ctx.person.id, now=self._clock.now())
        route = dialogue and self._routes.answer(dialogue)
        stray = self._routes.stray(ctx)
        secret = stray is not None and stray.secret
        addresses = stray is not None and stray.addresses
        if not dialogue or not route:
            say = views.nothing_asks() if may_hold_secret(ctx.args) else views.not_understood()
            handle = _saying(say) if stray is None else stray.handle
            return Meaning(do=_unless_burnt(handle), secret=secret, addresses=addresses)
        answer = route.handle
        return Meaning(
            do=_unless_burnt(lambda ctx: answer(ctx, dialogue)),
            needs=route.needs,
            secret=route.secret or secret,
            addresses=route.addresses or addresses,
        )

    async def _carry_out(self, ctx: Context, meaning: Meaning) -> None:
        """Numbers are read in the style that they are written in for this chat."""
        with written_in(self._services.preferences.of_chat(ctx.chat.id).numbers):
            await meaning.do(ctx)

    async def _attend(self, ctx: Context, work: Awaitable[None]) -> None:
        """Whatever is answered is written for the chat's preferences."""
        with read_by(self._services.preferences.of_chat(ctx.chat.id)):
            await self._attendant.attend(ctx, work)

    async def _turn_away(self, ctx: Context, meaning: Meaning, verdict: Verdict) -> None:
        left = await self._left_behind(ctx, meaning)
        if verdict is Verdict.PRIVATE_ONLY:
            await ctx.reply(views.private_only(self._bot.private_chat(meaning.link), secret_left=left))
            return
        if left:
            await ctx.reply(views.secret_left())
        if verdict is Verdict.STRANGER and self._strangers.allows(ctx.person.id):
            await ctx.reply(views.stranger())
        elif verdict is Verdict.OWNER_ONLY:
            await ctx.reply(views.owner_only())
        elif verdict is Verdict.NOT_LINKED:
            await ctx.reply(self._voice.not_linked())
        elif verdict is Verdict.ADMINS_ONLY and self._members.allows((ctx.chat.id, ctx.person.id)):
            await ctx.reply(views.admins_only())
        elif verdict is Verdict.UNCLEAR:
            await ctx.reply(views.unclear())

    async def _hush(self, ctx: Context, meaning: Meaning) -> None:
        """Too much was asked here within a minute."""
        if await self._left_behind(ctx, meaning) and self._secrets.allows((ctx.chat.id, ctx.person.id)):
            await ctx.reply(views.secret_left())
        if self._crowds.allows(ctx.chat.id):
            await ctx.reply(views.too_many())

    async def _excuse(self, ctx: Context, meaning: Meaning) -> None:
        """The message waited too long to be carried out."""
        if await self._left_behind(ctx, meaning):
            await ctx.reply(views.secret_left())
        if self._absences.allows(ctx.chat.id):
            await ctx.reply(views.away())

    async def _left_behind(self, ctx: Context, meaning: Meaning) -> bool:
        """Delete a message that is not carried out and may hold a secret; True if it is still there."""
        return meaning.secret and not await ctx.delete_incoming()

    async def _on_tap(self, tap: wire.CallbackQuery) -> None:
        card = tap.message
        action = unpack(tap.data or "")
        route = self._routes.button(action)
        if tap.sender.is_bot or card is None or action is None or route is None:
            await self._sender.answer(tap.id, views.DEAD_BUTTON)
            return
        if card.chat.type == "channel":
            await self._sender.answer(tap.id, views.IN_CHANNEL)
            return
        ctx = await self._context(tap.sender, card, tap=tap.id)
        verdict = await self._admit(ctx, card, where=route.where, needs=route.needs)
        refused = _TURNED_AWAY_TAPS.get(verdict) or await self._refused(ctx, card, tap.data or "")
        if refused is not None:
            await ctx.answer(refused, alert=True)
            return
        if not route.answers:
            # Beside the handler, not before it: what the tap is for should not wait for this.
            ctx.answered = True
            self._spawner.spawn(self._sender.answer(tap.id, None), name="answer-tap")
        await self._attend(ctx, route.handle(ctx, action))

    async def _refused(self, ctx: Context, card: wire.Message, data: str) -> str | None:
        """Why somebody who may tap such a button does not tap this one, if so.

        A client of one's own making sends any data from any message: in a group it would have others' messages redrawn.
        What buttons a message has that is gone is not known; in the private chat its data do what a command could.
        """
        if not card.is_accessible:
            return views.DEAD_BUTTON if ctx.chat.kind is ChatKind.GROUP else None
        if not card.has_button(data):
            return views.OTHER_BUTTONS
        return None if await self._has_room(ctx) else views.TOO_MANY

    async def _has_room(self, ctx: Context) -> bool:
        """Whether something may be answered here now; a group's admins are always answered."""
        if ctx.chat.kind is not ChatKind.GROUP or self._measure.allows(ctx.person.id, ctx.chat.id):
            return True
        return await self._door.is_in_charge(ctx.person, ctx.chat.id)

    async def _admit(self, ctx: Context, message: wire.Message, *, where: Where, needs: Needs) -> Verdict:
        """What the door says. A group that somebody stands for from now on becomes known by this very message."""
        verdict = await self._door.admit(ctx.person, ctx.chat, where=where, needs=needs)
        if ctx.chat.kind is ChatKind.GROUP and verdict is not Verdict.SILENCE:
            await self._visits.note(message)
        return verdict

    async def _context(
        self, user: wire.User, message: wire.Message, *, args: str = "", tap: str | None = None
    ) -> Context:
        return Context(
            person=await self._door.speaker(user),
            chat=_room(message),
            message=MessageId(message.message_id),
            args=args,
            tap=tap,
            bot=self._bot,
            clock=self._clock,
            services=self._services,
            commands=self._routes.commands,
            protected=self._routes.protected,
            mouth=self._sender,
            admins=self._admins,
        )


def _room(message: wire.Message) -> Room:
    kind = ChatKind.PRIVATE if message.chat.type == "private" else ChatKind.GROUP
    return Room(id=ChatId(message.chat.id), kind=kind, thread=message.topic)


def _unless_burnt(handle: CommandHandler) -> CommandHandler:
    async def do(ctx: Context) -> None:
        if not await burn(ctx):
            await handle(ctx)

    return do


def _saying(screen: Screen) -> Callable[[Context], Awaitable[None]]:
    async def say(ctx: Context) -> None:
        await ctx.reply(screen)

    return say
