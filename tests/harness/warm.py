"""Programs out of a process that has imported everything: real processes, without a second of imports for each.

`Warm` is to `Program` what `subprocess.Popen` is. What it starts differs from `python -m MODULE …` only in that the
modules are loaded already; that they load is what `test_programs` sees, which starts everything cold.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["chatbot.app", "chatbot.cli", "chatbot.demo.server", "chatbot.paper.command", "tests.harness.leaping"]
)


class Warm:
    """One program, with its three streams as text."""

    def __init__(self, module: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        heard, said = _CONTEXT.Pipe(duplex=False)
        output, out = _CONTEXT.Pipe(duplex=False)
        errors, err = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(
            target=_become, args=(list(module), str(folder), dict(environment), (heard, out, err)), daemon=True
        )
        self._process.start()
        for end in (heard, out, err):
            end.close()
        self.stdin: IO[str] = _text(said, "w")
        self.stdout: IO[str] = _text(output, "r")
        self.stderr: IO[str] = _text(errors, "r")
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises `subprocess.TimeoutExpired`."""
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("a warm program", timeout or 0.0)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _text(end: Connection, mode: str) -> IO[str]:
    """A pipe's end as a stream of lines, which alone holds it open."""
    with end:
        return os.fdopen(os.dup(end.fileno()), mode, encoding="utf-8")


def _become(module: list[str], folder: str, environment: dict[str, str], streams: tuple[Connection, ...]) -> None:
    """Be `python -m MODULE …` from here on."""
    os.setsid()
    for descriptor, end in enumerate(streams):
        os.dup2(end.fileno(), descriptor)
        end.close()
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(descriptor, mode, buffering=1, encoding="utf-8", closefd=False)
        for descriptor, mode in enumerate(("r", "w", "w"))
    )
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = list(module)
    runpy.run_module(module[0], run_name="__main__", alter_sys=True)
