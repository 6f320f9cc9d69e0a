"""``chatbot paper``: the practice exchange alone, as a server for any program."""

import asyncio
import signal
import sys

import orjson

from chatbot.paper.accounts import PLAY_MONEY
from chatbot.paper.exchange import Exchange
from chatbot.paper.server import Paper, listening
from chatbot.paper.swaps.door import PREFIX
from chatbot.paper.withdrawals import USUAL_ALIASES


def serve(*, host: str = "127.0.0.1", port: int = 8900, as_json: bool = False, seed: int | None = None) -> None:
    """Serve until SIGINT or SIGTERM. Says its address, two ready accounts, the withdrawal addresses every account has
    saved (``aliases``, by currency) and two keys for swaps once it is listening.

    With ``as_json`` that is one object on the first line. Raises ``OSError`` if the address cannot be had.
    """
    asyncio.run(_serve(host=host, port=port, as_json=as_json, seed=seed or 0))


async def _serve(*, host: str, port: int, as_json: bool, seed: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    exchange = Exchange(seed=seed)
    async with listening(Paper(exchange=exchange), host=host, port=port) as url:
        sys.stdout.write(_as_json(url, exchange) if as_json else _as_text(url, exchange))
        sys.stdout.flush()
        await stop.wait()


def _as_json(url: str, exchange: Exchange) -> str:
    accounts = [exchange.accounts.introduced(account) for account in exchange.ready]
    swap_keys = [client.credentials() for client in exchange.swaps.ready]
    said = {"url": url, "accounts": accounts, "aliases": USUAL_ALIASES, "swap_keys": swap_keys}
    return orjson.dumps(said).decode() + "\n"


def _as_text(url: str, exchange: Exchange) -> str:
    lines = [f"Practice exchange at {url} (play money, the APIs of ANDX and n.exchange)", ""]
    for account in exchange.ready:
        lines += [f"  {label:<11} {value}" for label, value in account.credentials().items()]
        lines.append(f"  {'token':<11} {exchange.accounts.sessions.token(account.number)}")
        lines.append("")
    money = ", ".join(f"{amount} {currency}" for currency, amount in PLAY_MONEY.items())
    aliases = "; ".join(f"{currency}: {' and '.join(names)}" for currency, names in USUAL_ALIASES.items())
    lines += [f"Each account holds {money}.", f"It can withdraw to addresses saved as: {aliases}."]
    lines += ["", f"Swaps as at n.exchange: {url}{PREFIX}", ""]
    lines += [f"  {'api_key':<11} {client.api_key}" for client in exchange.swaps.ready]
    lines += [
        "",
        f"Try: curl {url}/api/v1/ticker/BTCUSDT/",
        f"Move prices, make deposits, cause trouble: curl {url}/control",
    ]
    lines += ["Stop with Ctrl-C.", ""]
    return "\n".join(lines)
