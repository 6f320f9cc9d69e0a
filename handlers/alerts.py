"""/alert and /alerts: set them in a line or with buttons, look at them, change them; and what is said when they fire.

In a group its admins manage the group's alerts, in the topic they write in. From the private chat an admin manages
those of a channel or group named in front: `/alert @channel …`.
"""

from collections.abc import Iterable, Sequence

from chatbot.domain.alert_drafts import AlertDraft, AlertQuestion
from chatbot.domain.alerts import Alert, AlertStatus
from chatbot.domain.drafts import Dialogue
from chatbot.domain.errors import InputError
from chatbot.domain.ids import AlertId, ChatId, DialogueId, MarketCode
from chatbot.domain.notices import AlertFired
from chatbot.domain.places import Place
from chatbot.services.alert_results import AlertAsked, AlertSet
from handlers.actions import (
    AskClearAlerts,
    ChooseForAlert,
    ClearAlerts,
    DeleteAlert,
    DropAlertQuestion,
    EditAlert,
    ListAlerts,
    MoveAlert,
    PauseAlert,
    ShowAlert,
    SnoozeAlert,
    WatchAlert,
)
from handlers.aims import aimed, may_manage
from handlers.commands import Answer, Button, Command, Hearing, Needs, Route, Telling, Where
from handlers.context import Context
from handlers.shortcuts import reconsidered
from handlers.views import alert_cards as cards
from handlers.views import alerts as views
from handlers.views.alert_words import named, standing
from handlers.views.screen import Picture, Screen, Shown

_GONE = "This alert is not here any more. /alerts shows those there are."
_OVER = "This question is over, or somebody else's. /alert begins anew."
_LONGEST_TOAST = 200


async def alert(ctx: Context) -> None:
    aim = await aimed(ctx)
    result = await ctx.services.alerts.say(
        aim.args, person=ctx.person.id, chat=ctx.chat.id, place=aim.place, message=ctx.message
    )
    await _show(ctx, result)


async def alerts(ctx: Context) -> None:
    aim = await aimed(ctx)
    if aim.args:
        raise InputError("/alerts lists them all; /alert BTC > 80000 sets one.")
    await ctx.reply(await _list(ctx, aim.place, page=1))


async def turn(ctx: Context, action: ListAlerts) -> None:
    place = await _place(ctx, action.chat)
    if place is not None:
        await ctx.answer()
        say = ctx.reply if action.anew else ctx.edit
        await say(await _list(ctx, place, page=action.page))


async def show(ctx: Context, action: ShowAlert) -> None:
    found = await _own(ctx, action.alert)
    if found is not None:
        await ctx.answer()
        say = ctx.reply if action.anew else ctx.edit
        await say(await _card(ctx, found))


async def edit(ctx: Context, action: EditAlert) -> None:
    found = await _own_in_place(ctx, action.alert, card=True)
    if found is None:
        return
    await ctx.answer()
    if action.what is not None:
        asked = await ctx.services.alerts.edit(found, action.what, person=ctx.person.id, chat=ctx.chat.id)
        await _show(ctx, asked, in_place=True)
        return
    seen = await ctx.services.alerts.see(found)
    menu = cards.edit_menu(seen, now=ctx.clock.now(), private=ctx.is_private, title=_title(ctx, found.place))
    await ctx.edit(menu)


async def watch(ctx: Context, action: WatchAlert) -> None:
    found = await _own_in_place(ctx, action.alert, card=action.card)
    if found is not None:
        changed = await ctx.services.alerts.watch(found)
        await _acknowledge(ctx, changed, "Watching again", card=action.card)


async def snooze(ctx: Context, action: SnoozeAlert) -> None:
    found = await _own_in_place(ctx, action.alert, card=action.card)
    if found is not None:
        changed = await ctx.services.alerts.snooze(found)
        await _acknowledge(ctx, changed, "Resting for an hour", card=action.card)


async def move(ctx: Context, action: MoveAlert) -> None:
    found = await _own(ctx, action.alert)
    if found is not None:
        changed = await ctx.services.alerts.watch(found, place=Place(chat=found.place.chat))
        await _acknowledge(ctx, changed, "Told in the general topic now", card=True)


async def pause(ctx: Context, action: PauseAlert) -> None:
    found = await _own(ctx, action.alert)
    if found is not None:
        changed = await ctx.services.alerts.pause(found)
        await _acknowledge(ctx, changed, "Paused", card=True)


async def delete(ctx: Context, action: DeleteAlert) -> None:
    found = await _own(ctx, action.alert)
    if found is None:
        return
    await ctx.services.alerts.delete(found)
    await ctx.answer(f"Deleted: {named(found)}"[:_LONGEST_TOAST])
    if action.card:
        await ctx.edit(cards.deleted(found, title=_title(ctx, found.place)))
    else:
        await ctx.change_keys(views.keys_after_delete(found, private=ctx.is_private))


async def ask_clear(ctx: Context, action: AskClearAlerts) -> None:
    place = await _place(ctx, action.chat)
    if place is not None:
        await ctx.answer()
        listed = await ctx.services.alerts.see_all(place)
        await ctx.edit(views.ask_clear(listed, _market(action.code), title=_title(ctx, place)))


async def clear(ctx: Context, action: ClearAlerts) -> None:
    place = await _place(ctx, action.chat)
    if place is not None:
        count = await ctx.services.alerts.clear(place.chat, _market(action.code))
        await ctx.answer(f"{count} deleted.")
        await ctx.edit(await _list(ctx, place, page=1))


async def choose(ctx: Context, action: ChooseForAlert) -> None:
    dialogue = await _question(ctx, action.dialogue)
    chosen = (
        None if dialogue is None else await ctx.services.alerts.choose(dialogue, action.choice, message=ctx.message)
    )
    if chosen is None:
        await ctx.answer(_OVER, alert=True)
        return
    await ctx.answer()
    await _show(ctx, chosen, in_place=True)


async def drop(ctx: Context, action: DropAlertQuestion) -> None:
    if await _question(ctx, action.dialogue) is None:
        await ctx.answer(_OVER, alert=True)
        return
    await ctx.services.alerts.drop(action.dialogue, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.answer()
    await ctx.edit(cards.dropped())


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    """The question itself becomes what was asked and answered: its buttons would lead nowhere. A note is any text."""
    if await _question(ctx, dialogue.id) is None or not isinstance(dialogue.draft, AlertDraft):
        raise InputError(_OVER)
    if dialogue.draft.asking is not AlertQuestion.NOTE and await reconsidered(ctx, dialogue):
        return
    result = await ctx.services.alerts.answer(dialogue, ctx.args, message=ctx.message)
    await _show(ctx, result)
    if dialogue.message is not None:
        screen = cards.answered(dialogue.draft, ctx.args, pair=_pair(result))
        await ctx.mouth.edit(ctx.chat.id, dialogue.message, screen)


async def fired(hearing: Hearing, notices: Sequence[AlertFired]) -> Shown | None:
    """One hit as a message of its own, with a picture where that is wanted; several as a list, the nearest first."""
    found = [(await hearing.services.alerts.get(notice.alert), notice) for notice in notices]
    hits = [(alert, notice) for alert, notice in found if alert is not None]
    known = None if hearing.place.is_private else hearing.services.chats.get(hearing.place.chat)
    keys = known is None or not known.is_channel
    private = hearing.place.is_private
    if not hits:
        return None
    if len(hits) == 1:
        screen = views.fired(hits[0], now=hearing.now, private=private, keys=keys)
    else:
        hits.sort(key=lambda hit: abs(hit[1].value - hit[0].rule.level) / hit[0].rule.level)
        screen = views.fired_together(hits, now=hearing.now, private=private, keys=keys)
    picture = await _picture(hearing, hits[0][0]) if any(alert.picture for alert, _ in hits) else None
    return _with(picture, screen)


def _with(picture: bytes | None, screen: Screen) -> Shown:
    """The picture with the screen's words, unless they are too many for a caption."""
    if picture is None:
        return screen
    try:
        return Picture(content=picture, caption=screen.text, rows=screen.rows)
    except ValueError:
        return screen


async def _picture(hearing: Hearing, alert: Alert) -> bytes | None:
    """A small chart, if it can be drawn: without it the alert is told all the same."""
    return await hearing.services.charts.for_alert(alert, preferences=hearing.preferences, now=hearing.now)


async def _own(ctx: Context, alert: AlertId) -> Alert | None:
    """The alert, if the speaker may manage it; what is somebody else's looks like what is gone."""
    found = await ctx.services.alerts.get(alert)
    if found is None or not await may_manage(ctx, found.place):
        await ctx.answer(_GONE, alert=True)
        return None
    return found


async def _own_in_place(ctx: Context, alert: AlertId, *, card: bool) -> Alert | None:
    """The same, if what it does can be told: in a topic that is gone nobody would hear of it."""
    found = await _own(ctx, alert)
    if found is None or found.place not in await ctx.services.chats.deleted_topics(found.place.chat):
        return found
    await ctx.answer("Its topic was deleted. It can be told in the general topic instead.", alert=True)
    if card:
        await ctx.edit(await _card(ctx, found))
    else:
        await ctx.reply(await _card(ctx, found))
    return None


async def _place(ctx: Context, chat: ChatId | None) -> Place | None:
    """The place a list is of; None (and the tap is answered) if the speaker may not manage it."""
    place = ctx.place if chat in (None, ctx.chat.id) else Place(chat=chat or ctx.chat.id)
    if await may_manage(ctx, place):
        return place
    await ctx.answer("Only the admins of that chat can do that.", alert=True)
    return None


async def _question(ctx: Context, dialogue: DialogueId) -> Dialogue | None:
    """The speaker's own question, while they may manage the place it is about."""
    found = await ctx.services.alerts.question(dialogue, person=ctx.person.id, chat=ctx.chat.id)
    if found is None or not isinstance(found.draft, AlertDraft) or not await may_manage(ctx, found.draft.place):
        return None
    return found


async def _show(ctx: Context, result: AlertAsked | AlertSet, *, in_place: bool = False) -> None:
    say = ctx.edit if in_place else ctx.reply
    if isinstance(result, AlertSet):
        title = _title(ctx, result.seen.alert.place)
        await say(cards.was_set(result, now=ctx.clock.now(), title=title))
        return
    title = _title(ctx, result.draft.place)
    message = await say(cards.question(result, private=ctx.is_private, title=title))
    await ctx.services.alerts.shown(result, message)


async def _acknowledge(ctx: Context, changed: Alert, word: str, *, card: bool) -> None:
    """On its card an alert is redrawn; what told of a hit keeps its words and gets the buttons that do something."""
    now = ctx.clock.now()
    waits = standing(changed, now=now) if changed.status is AlertStatus.WATCHING else None
    await ctx.answer(f"{word}: {named(changed)}. {waits or ''}".strip()[:_LONGEST_TOAST])
    if card:
        await ctx.edit(await _card(ctx, changed))
    else:
        await ctx.change_keys(views.hit_keys(changed, now=now, private=ctx.is_private))


async def _card(ctx: Context, alert: Alert) -> Screen:
    seen = await ctx.services.alerts.see(alert)
    homeless = alert.place in await ctx.services.chats.deleted_topics(alert.place.chat)
    return cards.card(seen, now=ctx.clock.now(), title=_title(ctx, alert.place), homeless=homeless)


async def _list(ctx: Context, place: Place, *, page: int) -> Screen:
    listed = await ctx.services.alerts.see_all(place)
    topics = await _topics(ctx, {seen.alert.place for seen in listed.alerts})
    return views.alerts(listed, page=page, now=ctx.clock.now(), title=_title(ctx, place), topics=topics)


async def _topics(ctx: Context, places: Iterable[Place]) -> dict[Place, str]:
    """What the topics are called that are not the one spoken in."""
    chats, names = ctx.services.chats, {}
    for place in places:
        topic = chats.topic(place)
        if place in await chats.deleted_topics(place.chat):
            names[place] = "topic deleted"
        elif place.thread is None and place.chat == ctx.chat.id and ctx.chat.thread is not None:
            names[place] = "general topic"
        elif place.thread is not None and place != ctx.place:
            names[place] = f"in {topic.name}" if topic is not None and topic.name else "another topic"
    return names


def _title(ctx: Context, place: Place) -> str | None:
    """What another chat is called; None for the chat that is spoken in."""
    if place.chat == ctx.chat.id:
        return None
    known = ctx.services.chats.get(place.chat)
    return "another chat" if known is None else known.title


def _pair(result: AlertAsked | AlertSet) -> str | None:
    if isinstance(result, AlertSet):
        return result.seen.alert.pair
    return None if result.quoted is None else result.quoted.market.pair


def _market(code: str | None) -> MarketCode | None:
    return None if code is None else MarketCode(code)


ROUTES: tuple[Route, ...] = (
    Command(
        "alert",
        "Tell me when a price is reached",
        handle=alert,
        usage=(
            "/alert MARKET > PRICE",
            "/alert MARKET +5%",
            "/alert MARKET -3% 1h",
            "/alert MARKET spread > 0.5%",
            "/alert MARKET volume > 100",
            "… once, every 2h, until friday, for 3d, picture, note WORDS",
            "/alert @channel …",
        ),
        examples=(
            "/alert BTC > 80000",
            "/alert BTC crosses 80k every",
            "/alert BTC +5%",
            "/alert ETH -3% 1h every 2h",
            '/alert BTC < 70000 until friday note "buy?"',
            "/alert BTC",
        ),
        subject="Alerts",
        where=Where.ANYWHERE,
        needs=Needs.ADMIN,
        addresses=True,  # in its note
        by_link=True,
    ),
    Command(
        "alerts",
        "Your alerts, nearest first",
        handle=alerts,
        usage=("/alerts", "/alerts @channel"),
        subject="Alerts",
        where=Where.ANYWHERE,
        needs=Needs.ADMIN,
        by_link=True,
    ),
    Answer(AlertDraft, handle=answer, addresses=True),
    Button(ListAlerts, handle=turn, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
    Button(ShowAlert, handle=show, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
    Button(EditAlert, handle=edit, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
    Button(WatchAlert, handle=watch, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
    Button(MoveAlert, handle=move, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
    Button(SnoozeAlert, handle=snooze, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
    Button(PauseAlert, handle=pause, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
    Button(DeleteAlert, handle=delete, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
    Button(AskClearAlerts, handle=ask_clear, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
    Button(ClearAlerts, handle=clear, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
    Button(ChooseForAlert, handle=choose, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
    Button(DropAlertQuestion, handle=drop, where=Where.ANYWHERE, needs=Needs.ADMIN, answers=True),
)

TELLINGS = (Telling(AlertFired, say=fired, together=True),)
