"""`python -m chatbot.demo.tether MODULE …`: `python -m MODULE …`, ending when whoever started it is gone.

The starter holds the other end of standard input and never writes. However it ends, `kill -9` included,
the operating system closes that end, and this process sends itself SIGTERM, then, if that is not enough, SIGKILL.
"""

import os
import runpy
import signal
import sys
import threading
import time

SECONDS_TO_END = 8.0


def _follow(descriptor: int) -> None:
    # os.read rather than sys.stdin: a thread inside sys.stdin would hold its lock when the interpreter ends.
    while os.read(descriptor, 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_END)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_follow, args=(sys.stdin.fileno(),), daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
