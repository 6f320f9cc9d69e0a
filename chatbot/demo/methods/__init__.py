"""The Bot API methods of the local chat, by name.

A method is a function of the world and its parameters that returns what goes under `result`, or raises Refusal.
`getUpdates` alone waits; it lives with the server. Names are matched without regard to case, as Telegram does.
"""

from collections.abc import Callable
from typing import Any, Final

from chatbot.demo.methods import bot, chats, inline, media, messages
from chatbot.demo.parameters import Parameters
from chatbot.demo.world import World

Method = Callable[[World, Parameters], Any]

METHODS: Final[dict[str, Method]] = {
    name.lower(): method
    for name, method in {
        "getMe": bot.get_me,
        "deleteWebhook": bot.delete_webhook,
        "getWebhookInfo": bot.get_webhook_info,
        "answerCallbackQuery": bot.answer_callback_query,
        "answerInlineQuery": inline.answer_inline_query,
        "setMyCommands": bot.set_my_commands,
        "getMyCommands": bot.get_my_commands,
        "deleteMyCommands": bot.delete_my_commands,
        "setMyDescription": bot.set_my_description,
        "getMyDescription": bot.get_my_description,
        "setMyShortDescription": bot.set_my_short_description,
        "getMyShortDescription": bot.get_my_short_description,
        "setChatMenuButton": bot.set_chat_menu_button,
        "getChatMenuButton": bot.get_chat_menu_button,
        "sendMessage": messages.send_message,
        "sendPhoto": media.send_photo,
        "sendDocument": media.send_document,
        "getFile": media.get_file,
        "editMessageText": messages.edit_message_text,
        "editMessageCaption": messages.edit_message_caption,
        "editMessageMedia": media.edit_message_media,
        "editMessageReplyMarkup": messages.edit_message_reply_markup,
        "deleteMessage": messages.delete_message,
        "deleteMessages": messages.delete_messages,
        "sendChatAction": messages.send_chat_action,
        "getChat": chats.get_chat,
        "pinChatMessage": chats.pin_chat_message,
        "unpinChatMessage": chats.unpin_chat_message,
        "getChatMember": chats.get_chat_member,
        "getChatAdministrators": chats.get_chat_administrators,
        "getChatMemberCount": chats.get_chat_member_count,
        "leaveChat": chats.leave_chat,
    }.items()
}
