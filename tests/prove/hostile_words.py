"""Words of somebody who means harm: to become markup or a link, to hide, to reorder, to break a message."""

import random

_FRAGMENTS: dict[str, tuple[str, ...]] = {
    "tags": (
        "<b>bold</b>",
        "</b></i></code></pre>",
        "<a href='tg://user?id=1'>x</a>",
        '<a href="https://evil.example">click</a>',
        "<tg-spoiler>",
        "<script>alert(1)</script>",
        "<",
        ">",
        "<!--",
        "<b",
        "</",
    ),
    "entities": ("&lt;b&gt;", "&amp;lt;", "&#60;b&#62;", "&#x202e;", "&#0;", "&nbsp;", "&", "&&&&", "&lt", "&quot;"),
    "controls": ("\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "a\rb", "a\nb", "a\tb", "\u2028", "\u2029"),
    "unseen": ("\u200b", "\u2060", "\ufeff", "\u180e", "\u00ad", "\u034f", "\u3164", "\U000e0041\U000e007f", "\u2800"),
    "directions": ("\u202egnp.exe", "\u2066\u2067", "\u200f", "\u061c", "\u202d123", "\u2069\u202c"),
    "floods": ("Z" + "\u0301" * 60, "\u0489" * 40, "ก็" * 40, "a" + "\u20dd" * 30),
    "halves": ("\ud800", "\udfff", "x\ud83d", "\udc00\ud800"),
    "right to left": ("שלום", "مرحبا", "خوش ۱۲۳", "שלום 123 <b>"),
    "markdown": ("*bold* _it_ `code`", "[x](https://evil.example)", "||secret||", "```\npre", "~~s~~", "> quoted"),
    "mentions": ("@victim", "@botfather", "x@y.example", "tg://user?id=7001", "@a_bot"),
    "commands": ("/panic", "/withdraw XRP 1 evil", "/unlock@a_bot", "go /lock now", "//halt"),
    "links": (
        "https://evil.example/?a=<b>",
        "evil.com",
        "t.me/evil",
        "http://1.2.3.4/",
        "www.evil.org",
        "ton://transfer",
    ),
    "tags of Telegram": ("#hash", "$USDT", "#1a", "$BTC now"),
    "emoji": ("👨\u200d👩\u200d👧\u200d👦", "🏳️\u200d🌈", "🇺🇳", "👍🏿", "1️⃣", "😀" * 90),
    "formulas": ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://evil.example")', "\t=1", "'=1", '"', '",\r\n"x'),
    "look-alikes": ("ВТС", "UЅDТ", "ＸＲＰ", "𝐗𝐑𝐏", "XRP\u0307"),
    "long": ("x" * 5_000, "<" * 5_000, "&" * 5_000, "\u202e" * 5_000, "W" * 300, "ﷺ" * 300),
    "nothing": ("", " ", "\u00a0", "\n\n", "0", "None", "…"),
    "harmless": ("BTC", "savings", "Insufficient balance", "Anna", "O'Neil"),
}
KINDS = tuple(_FRAGMENTS)


def hostile(chance: random.Random) -> str:
    """One to four fragments, of one kind or of several, with any character in between."""
    words = [chance.choice(_FRAGMENTS[chance.choice(KINDS)]) for _ in range(chance.choice((1, 1, 2, 2, 3, 4)))]
    return chance.choice(("", "", " ", "\n", _anything(chance))).join(words)


def _anything(chance: random.Random) -> str:
    """Any character there is, halves of surrogate pairs too."""
    return chr(chance.choice((chance.randrange(0x80), chance.randrange(0x3000), chance.randrange(0x110000))))
