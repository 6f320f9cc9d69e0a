"""The practice exchange: a real server that speaks ANDX's documented API with play money.

It imports nothing else of this project, so every other program, the bot included, reaches it by address alone.
"""
