"""What the bot tells Telegram of itself: the command menus."""

from collections.abc import Iterable

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from handlers.commands import Command, Needs, Where


def menu(commands: Iterable[Command], *, where: Where) -> list[BotCommand]:
    """The commands for a menu, in the order of their declaration; what only owners may is not advertised."""
    return [
        BotCommand(command.name, command.summary)
        for command in commands
        if command.needs is not Needs.OWNER and (where is Where.PRIVATE or command.where is Where.ANYWHERE)
    ]


async def publish(bot: Bot, commands: Iterable[Command]) -> None:
    """Set the menus of private chats and of groups. Raises `TelegramError`."""
    listed = tuple(commands)
    await bot.set_my_commands(menu(listed, where=Where.PRIVATE), scope=BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(menu(listed, where=Where.ANYWHERE), scope=BotCommandScopeAllGroupChats())
