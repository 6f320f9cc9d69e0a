"""The exchanges' HTTP APIs behind `chatbot.ports.exchange`.

`http` is the only path a request takes, `budget` says when it may, `shared` lets equal reads share one request;
what an exchange calls things lives in a package of its own (`andx`, `nexchange`). `opening` puts them together.
"""
