"""What the bot is compared with: the same order and the same answer, written as the library's examples are.

A python-telegram-bot program with default settings that keeps nothing: `plain.py BOT_API_URL EXCHANGE_URL`. It sends
the order before it answers the tap, which is the order of work that gets the order out soonest.
"""

import hmac
import json
import sys
import time

import httpx
from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

_KEY, _SECRET, _USER, _PASSPHRASE = "ak_plain", "sk_plain", "plain", "pp_plain"
_PRICE = "BTC/USDT\n76,519.57 ▲ 0.4 %\nbid 76,426.55 · ask 76,526.46\n24 h 75,519.57–77,519.57, volume 1.5 BTC"

exchange = httpx.AsyncClient()
prices = {"BTC": _PRICE}


def signed(body: str) -> dict[str, str]:
    timestamp = str(time.time())
    message = _KEY + _USER + _PASSPHRASE + timestamp + body
    return {
        "ACCESS-USER": _USER,
        "ACCESS-PASSPHRASE": _PASSPHRASE,
        "ACCESS-TIMESTAMP": timestamp,
        "ACCESS-SIGN": hmac.new(_SECRET.encode(), message.encode(), "sha256").hexdigest().upper(),
        "ACCESS-KEY": _KEY,
        "Content-Type": "application/json",
    }


async def confirm(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    body = json.dumps(
        {
            "order_type": "market",
            "market_code": "BTCUSDT",
            "volume": "0.01",
            "buy_sell": "B",
            "price": "0",
            "client_id": 7,
            "post_only": False,
            "account_name": "Main",
        }
    )
    await exchange.post(f"{sys.argv[2]}/api/v1/orders/", content=body, headers=signed(body))
    await query.answer("Sent")


async def price(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    assert context.args
    await update.message.reply_text(prices[context.args[0]])


def main() -> None:
    application = Application.builder().token("1:plain").base_url(f"{sys.argv[1]}/bot").build()
    application.add_handler(CommandHandler("price", price))
    application.add_handler(CallbackQueryHandler(confirm))
    application.run_polling()


if __name__ == "__main__":
    main()
