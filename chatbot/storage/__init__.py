"""Where everything that must outlive a restart is kept: one SQLite file, secrets sealed.

`open_storage` in `storage/opening.py` is the way in; a repository per noun implements the Protocols of `chatbot.ports`.
"""
