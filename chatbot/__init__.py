"""The bot's house. Nothing in here has heard of Telegram, `demo/` excepted, which stands alone."""
