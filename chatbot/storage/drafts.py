"""Drafts as JSON text and back."""

import msgspec
import orjson

from chatbot.domain.drafts import DRAFTS, CodeDraft, Draft
from chatbot.domain.protected import PROTECTED, Protected
from chatbot.storage.codec import Raw, TaggedCodec

_actions: TaggedCodec[Protected] = TaggedCodec(PROTECTED)


class _StoredCode(msgspec.Struct):
    action: msgspec.Raw
    number: str | None
    wrong: int


class _CodeDrafts:
    """A draft that waits for a code holds one of many actions: that is told by a tag of its own, inside."""

    def __init__(self) -> None:
        self._decoder = msgspec.json.Decoder(_StoredCode)

    def to_plain(self, draft: CodeDraft) -> object:
        action = orjson.Fragment(_actions.encode(draft.action))
        return {"action": action, "number": draft.number, "wrong": draft.wrong}

    def decode(self, data: Raw) -> CodeDraft:
        stored = self._decoder.decode(data)
        return CodeDraft(action=_actions.decode(stored.action), number=stored.number, wrong=stored.wrong)


DRAFT_CODEC: TaggedCodec[Draft] = TaggedCodec(DRAFTS, with_secrets=True, own={CodeDraft.tag: _CodeDrafts()})
"""What it writes may hold secrets, and must be sealed before it is stored."""
