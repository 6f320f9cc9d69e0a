"""What the control endpoint lets people do, by name; the fields are described in `control`."""

from collections.abc import Callable
from typing import Any

from chatbot.demo import groups, members, shown
from chatbot.demo.chats import Chat
from chatbot.demo.crowd import Crowd, Nonsense, Writing, writing_from
from chatbot.demo.standings import Status
from chatbot.demo.values import Json, Person
from chatbot.demo.world import World

Act = Callable[[Json], Json]


class Acts:
    """Functions of a request's fields. They raise Nonsense, ValueError or KeyError for a wish that makes no sense."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._crowd = Crowd(world)

    def by_name(self) -> dict[str, Act]:
        """Every act under the last part of its path."""
        return {
            "send": self._send,
            "edit": self._edit,
            "delete": self._delete,
            "pin": self._pin,
            "tap": self._tap,
            "open_link": self._open_link,
            "inline": self._ask_inline,
            "inline/choose": self._choose,
            "inline/mode": self._set_inline_mode,
            "block": self._block,
            "person": self._add_person,
            "add": self._add,
            "kick": self._kick,
            "leave": self._leave,
            "promote": self._promote,
            "restrict": self._restrict,
            "permissions": self._permit,
            "rename": self._rename,
            "upgrade": self._upgrade,
            "forum": self._set_forum,
            "topic": self._create_topic,
            "topic/rename": self._rename_topic,
            "topic/close": self._close_topic,
            "topic/delete": self._delete_topic,
        }

    # Messages

    def _send(self, given: Json) -> Json:
        message = self._crowd.write(given["user"], given["chat"], writing_from(given))
        return {"message": shown.message(message)}

    def _edit(self, given: Json) -> Json:
        message = self._crowd.edit(given["user"], given["chat"], given["message"], given["text"])
        return {"message": shown.message(message)}

    def _delete(self, given: Json) -> Json:
        self._crowd.delete(given["user"], given["chat"], given["message"])
        return {"deleted": True}

    def _pin(self, given: Json) -> Json:
        pinned = bool(given.get("pinned", True))
        self._crowd.pin(given["user"], given["chat"], given["message"], pinned=pinned)
        return {}

    def _tap(self, given: Json) -> Json:
        query = self._crowd.tap(
            given["user"],
            given["chat"],
            given["message"],
            button=given.get("button"),
            data=given.get("data"),
        )
        return {"query": query.id}

    def _open_link(self, given: Json) -> Json:
        return {"message": shown.message(self._crowd.open_link(given["user"], given["url"]))}

    def _ask_inline(self, given: Json) -> Json:
        offset = str(given.get("offset", ""))
        return {"query": self._crowd.ask_inline(given["user"], given["chat"], str(given["query"]), offset=offset).id}

    def _choose(self, given: Json) -> Json:
        writing = Writing(text="", reply_to=given.get("reply_to"), thread=given.get("thread"))
        chosen = self._crowd.choose(given["user"], given["chat"], given["query"], given["result"], writing)
        return {"message": shown.message(chosen)}

    def _set_inline_mode(self, given: Json) -> Json:
        self._world.inline.enabled = bool(given["enabled"])
        return {}

    def _block(self, given: Json) -> Json:
        self._crowd.block(given["user"], blocked=bool(given["blocked"]))
        return {}

    # Who is in a chat

    def _add_person(self, given: Json) -> Json:
        if self._world.person(given["id"]) is not None:
            raise Nonsense("there is somebody with this id already")
        person = Person(
            id=int(given["id"]),
            first_name=given["first_name"],
            username=given.get("username"),
            is_bot=bool(given.get("is_bot")),
        )
        self._world.add_person(person)
        return {}

    def _add(self, given: Json) -> Json:
        chat = self._group(given)
        inviter = self._person(given["by"]) if given.get("by") else self._creator(chat)
        if not chat.may(inviter.id, "can_invite_users"):
            raise Nonsense(f"{inviter.first_name} may not add people here")
        members.change(self._world, chat, self._meant(given), Status.MEMBER, by=inviter)
        return {}

    def _kick(self, given: Json) -> Json:
        chat = self._group(given)
        members.change(self._world, chat, self._meant(given), Status.KICKED, by=self._admin(chat, given))
        return {}

    def _leave(self, given: Json) -> Json:
        person = self._person(given["user"])
        members.change(self._world, self._group(given), person, Status.LEFT, by=person)
        return {}

    def _promote(self, given: Json) -> Json:
        chat, person = self._group(given), self._meant(given)
        status, admin = Status(given.get("status", Status.ADMINISTRATOR)), self._admin(chat, given)
        if status not in (Status.ADMINISTRATOR, Status.MEMBER):
            raise Nonsense("people are promoted to administrator, or back to member")
        if status is Status.ADMINISTRATOR and given.get("rights") is not None:
            members.appoint(self._world, chat, person, given["rights"], by=admin)
        else:
            members.change(self._world, chat, person, status, by=admin)
        return {}

    def _restrict(self, given: Json) -> Json:
        chat = self._group(given)
        members.restrict(self._world, chat, self._meant(given), given["allowed"], by=self._admin(chat, given))
        return {}

    def _permit(self, given: Json) -> Json:
        members.permit(self._world, self._group(given), given["allowed"])
        return {}

    # Chats themselves

    def _rename(self, given: Json) -> Json:
        chat = self._group(given)
        groups.rename(self._world, chat, given["title"], by=self._admin(chat, given))
        return {}

    def _upgrade(self, given: Json) -> Json:
        chat = self._group(given)
        return {"chat": groups.upgrade(self._world, chat, by=self._admin(chat, given)).id}

    def _set_forum(self, given: Json) -> Json:
        groups.set_forum(self._world, self._group(given), enabled=bool(given["enabled"]))
        return {}

    def _create_topic(self, given: Json) -> Json:
        chat = self._group(given)
        return {"topic": groups.create_topic(self._world, chat, given["name"], by=self._admin(chat, given)).id}

    def _rename_topic(self, given: Json) -> Json:
        chat = self._group(given)
        groups.rename_topic(self._world, chat, given["topic"], given["name"], by=self._admin(chat, given))
        return {}

    def _close_topic(self, given: Json) -> Json:
        chat, closed = self._group(given), bool(given.get("closed", True))
        groups.close_topic(self._world, chat, given["topic"], closed=closed, by=self._admin(chat, given))
        return {}

    def _delete_topic(self, given: Json) -> Json:
        groups.delete_topic(self._world, self._group(given), given["topic"])
        return {}

    # Who and where is meant

    def _group(self, given: Json) -> Chat:
        """A group or channel that people use."""
        chat = self._world.chats.get(int(given["chat"]))
        if chat is None:
            raise Nonsense(f"there is no chat {given['chat']}")
        if chat.is_private or chat.upgraded_to is not None:
            raise Nonsense(f"{chat.id} is not a group that people use")
        return chat

    def _meant(self, given: Json) -> Person:
        return self._person(given.get("user") or self._world.bot.id)

    def _person(self, person_id: Any) -> Person:
        person = self._world.person(person_id)
        if person is None:
            raise Nonsense(f"there is no person {person_id}")
        return person

    def _admin(self, chat: Chat, given: Json) -> Person:
        """Who does it: `by`, else the chat's creator."""
        admin = self._person(given["by"]) if given.get("by") else self._creator(chat)
        if not chat.standing(admin.id).is_in_charge:
            raise Nonsense(f"{admin.first_name} is not an admin of this chat")
        return admin

    def _creator(self, chat: Chat) -> Person:
        return self._person(
            next(member for member, standing in chat.members.items() if standing.status is Status.CREATOR)
        )
