"""`python -m chatbot.demo [--port N] [--token T]`: the local chat alone, without a bot.

The first line of output is one JSON object: `{"url": …, "token": …}`.
"""

import asyncio
import signal

import click
import orjson

from chatbot.demo.cast import BOT_TOKEN, Cast
from chatbot.demo.loop import new_event_loop
from chatbot.demo.server import LocalChat, PortTaken


async def _serve(port: int, token: str) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with LocalChat.running(port=port, cast=Cast(bot_token=token)) as chat:
        click.echo(orjson.dumps({"url": chat.url, "token": chat.token}).decode())
        await stopped.wait()


@click.command()
@click.option("--port", default=8080, show_default=True, help="0 is a free one.")
@click.option("--token", default=BOT_TOKEN, help="The bot's token; its number is the bot's id.")
def main(port: int, token: str) -> None:
    """Serve the local chat alone."""
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(_serve(port, token))
    except PortTaken as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
