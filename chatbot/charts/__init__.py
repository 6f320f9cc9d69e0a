"""Draws pictures of markets in a process of its own, which is started when it is first needed.

`drawer` runs in the bot; `drawing` runs in the other process, which is `python -m chatbot.charts`.
"""
