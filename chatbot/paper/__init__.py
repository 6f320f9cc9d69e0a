"""The practice exchange: a real server that speaks the documented APIs of ANDX and n.exchange with play money.

It imports nothing else of this project, so every other program, the bot included, reaches it by address alone.
"""
