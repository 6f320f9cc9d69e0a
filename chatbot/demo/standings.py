"""Who is what in a chat and may do what there.

Names of rights and permissions are the Bot API's: https://core.telegram.org/bots/api#chatadministratorrights and
https://core.telegram.org/bots/api#chatpermissions.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from chatbot.demo.values import Json, Person

ChatKind = Literal["private", "group", "supergroup", "channel"]


class Status(StrEnum):
    """`ChatMember.status` (https://core.telegram.org/bots/api#chatmember)."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    RESTRICTED = "restricted"
    LEFT = "left"
    KICKED = "kicked"


INSIDE = frozenset({Status.CREATOR, Status.ADMINISTRATOR, Status.MEMBER, Status.RESTRICTED})
IN_CHARGE = frozenset({Status.CREATOR, Status.ADMINISTRATOR})

_EVERYWHERE: Final = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
# In the order in which Telegram's server writes them; which a kind of chat has is its business.
RIGHTS: Final[dict[ChatKind, tuple[str, ...]]] = {
    "private": (),
    "group": (*_EVERYWHERE, "can_pin_messages", "can_manage_tags"),
    "supergroup": (*_EVERYWHERE, "can_pin_messages", "can_manage_topics", "can_manage_tags"),
    "channel": (*_EVERYWHERE, "can_post_messages", "can_edit_messages", "can_manage_direct_messages"),
}
_SENDING: Final = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
)
PERMISSIONS: Final = (
    *_SENDING,
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
USUAL_PERMISSIONS: Final = frozenset({*_SENDING, "can_invite_users"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Somebody's place in a chat; `rights` are an administrator's rights, or what a restricted member still may."""

    status: Status
    rights: frozenset[str] = frozenset()

    @property
    def is_inside(self) -> bool:
        return self.status in INSIDE

    @property
    def is_in_charge(self) -> bool:
        return self.status in IN_CHARGE


STRANGER: Final = Standing(status=Status.LEFT)


def usual(status: Status, kind: ChatKind) -> Standing:
    """The standing of somebody with every right of a status but the one to appoint others."""
    rights = frozenset(RIGHTS[kind]) - {"can_promote_members"} if status is Status.ADMINISTRATOR else frozenset()
    return Standing(status=status, rights=rights)


def to_json(person: Person, standing: Standing, kind: ChatKind) -> Json:
    """A Bot API `ChatMember`."""
    member: Json = {"user": person.to_json(), "status": standing.status.value}
    match standing.status:
        case Status.CREATOR:
            return member | {"is_anonymous": False}
        case Status.ADMINISTRATOR:
            return member | _administrator(standing, kind)
        case Status.RESTRICTED:
            return member | {"until_date": 0, "is_member": True} | permissions(standing.rights)
        case Status.KICKED:
            return member | {"until_date": 0}
        case _:
            return member


def _administrator(standing: Standing, kind: ChatKind) -> Json:
    rights = {right: right in standing.rights for right in RIGHTS[kind]}
    # The old name of one of them is still written.
    calls = "can_manage_video_chats" in standing.rights
    return {"can_be_edited": False, "is_anonymous": False, **rights, "can_manage_voice_chats": calls}


def permissions(granted: frozenset[str]) -> Json:
    """A Bot API `ChatPermissions`."""
    media = any(name in granted for name in _SENDING[1:7])
    return {name: name in granted for name in PERMISSIONS} | {"can_send_media_messages": media}
