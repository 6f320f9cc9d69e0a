"""No call, however strange, gets anything but an answer or a refusal."""

import random
from typing import Any

import orjson

from chatbot.demo import shown
from chatbot.demo.methods import METHODS
from chatbot.demo.multipart import Upload
from chatbot.demo.parameters import Parameters
from chatbot.demo.refusals import Refusal
from tests.fakes.pictures import png

from .conftest import ALICE, GROUP, Scene

_PARAMETERS = """
    parse_mode entities reply_markup reply_parameters link_preview_options message_id message_ids callback_query_id
    commands scope menu_button user_id action language_code photo document caption caption_entities file_id
    disable_notification protect_content
"""
_FIELDS = """
    type offset length url inline_keyboard keyboard text callback_data style copy_text web_app message_id chat_id
    user_id command description force_reply user custom_emoji_id unix_time language
"""
_WORDS = """
    x <b>x</b> <b HTML @name { [1] [[]] chat chat_member typing text_link bold pre date_time text_mention url danger
"""
_ATOMS: list[Any] = [None, True, False, -5, 0, 1, 3, 2000, 1.5, "", *_WORDS.split()]
_CALLS = 6000


def _value(dice: random.Random, depth: int = 0) -> Any:
    roll = dice.random()
    if depth > 3 or roll < 0.4:
        return dice.choice(_ATOMS)
    if roll < 0.7:
        return [_value(dice, depth + 1) for _ in range(dice.randint(0, 3))]
    return {dice.choice(_FIELDS.split()): _value(dice, depth + 1) for _ in range(dice.randint(0, 5))}


def test_strange_parameters_are_answered_or_refused(scene: Scene) -> None:
    dice = random.Random(20)
    scene.write(ALICE, ALICE, "/start")
    photo, document = Upload(name="", content=png()), Upload(name="\u202e<b>", content=b"x")
    answered = 0
    for _ in range(_CALLS):
        method = dice.choice([name for name in METHODS if name != "leavechat"])
        given: dict[str, Any] = {"chat_id": dice.choice([ALICE, ALICE, str(GROUP), "@name", None, {}]), "text": "x /y"}
        given |= {name: _value(dice) for name in dice.sample(_PARAMETERS.split(), dice.randint(0, 5))}
        try:
            uploads = {"photo": photo, "document": document} if dice.random() < 0.5 else {}
            orjson.dumps(METHODS[method](scene.world, Parameters(given, uploads)))
        except Refusal as refusal:
            assert refusal.status in (400, 403)
        else:
            answered += 1
    assert answered > _CALLS / 4
    for chat in scene.world.chats.values():
        for message in chat.changed_since(0):
            orjson.dumps(shown.message(message))
