"""Instant Trade and the history of trades, ANDX's API under /p/v1/order/, for who has a browser session.

It deals in the accounts, the ledger and the prices of the practice exchange around it.
"""
