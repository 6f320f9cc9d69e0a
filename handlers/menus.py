"""What the bot tells Telegram of itself: the command menus. They only show; who may is decided by the guards."""

from collections.abc import Iterable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)

from handlers.commands import Command, Needs, Where


def menu(commands: Iterable[Command], *, where: Where, in_charge: bool = True) -> list[BotCommand]:
    """The commands for a menu, in the order of their declaration; what only owners may is not advertised.

    In groups, what only their admins may is for those `in_charge`.
    """
    hidden = {Needs.OWNER} if in_charge or where is Where.PRIVATE else {Needs.OWNER, Needs.ADMIN}
    return [
        BotCommand(command.name, command.summary)
        for command in commands
        if command.needs not in hidden and (where is Where.PRIVATE or command.where is Where.ANYWHERE)
    ]


async def publish(bot: Bot, commands: Iterable[Command]) -> None:
    """Set the menus of private chats, of groups, and of groups' admins. Raises `TelegramError`."""
    listed = tuple(commands)
    private = menu(listed, where=Where.PRIVATE)
    members = menu(listed, where=Where.ANYWHERE, in_charge=False)
    admins = menu(listed, where=Where.ANYWHERE)
    await bot.set_my_commands(private, scope=BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(members, scope=BotCommandScopeAllGroupChats())
    await bot.set_my_commands(admins, scope=BotCommandScopeAllChatAdministrators())
