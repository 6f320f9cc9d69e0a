"""The local chat: a strict local Bot API server, people to talk to it, and a chat page in the browser.

It stands alone: nothing of the bot is imported here, and the bot reaches it by address like Telegram's own server.
"""
