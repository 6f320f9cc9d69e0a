"""The practice exchange's second API: n.exchange v2, where coins are swapped for others without an account.

It knows nothing of ANDX beyond the prices it is handed, so either could be served without the other.
"""
