"""The drawing process: reads requests from standard input, writes pictures to standard output, ends with its input.

So it ends when the bot does, however that ends. Once it is ready it steps back behind everything else on the machine,
and an alarm that the operating system keeps ends it should a picture never get done.
"""

import os
import signal
import sys
import traceback
from typing import BinaryIO

from chatbot.charts.drawing import book, portfolio, price
from chatbot.charts.drawing.canvas import Canvas
from chatbot.charts.frames import HEADER, Answer, Request, framed, read
from chatbot.domain.charts import PortfolioPicture, PriceChart

_NICE = 10
_LONGEST = 20
"""Seconds a picture may take; the bot gives up earlier."""


def main() -> None:
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    sys.stdout = sys.stderr  # whatever a library prints must not come between the pictures
    canvas = Canvas()
    os.nice(_NICE)
    while header := requests.read(HEADER.size):
        letter, length = HEADER.unpack(header)
        answer(answers, canvas, letter, requests.read(length))


def answer(answers: BinaryIO, canvas: Canvas, letter: bytes, body: bytes) -> None:
    signal.alarm(_LONGEST)
    try:
        frame = framed(Answer.DRAWN.value, drawn(canvas, read(letter, body)))
    except Exception:
        frame = framed(Answer.FAILED.value, traceback.format_exc().encode())
    signal.alarm(0)
    view = memoryview(frame)
    while view:
        view = view[answers.write(view) :]


def drawn(canvas: Canvas, request: Request) -> bytes:
    match request:
        case PriceChart():
            return price.draw(canvas, request)
        case PortfolioPicture():
            return portfolio.draw(canvas, request)
        case _:
            return book.draw(canvas, request)


if __name__ == "__main__":
    main()
