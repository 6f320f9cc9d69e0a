"""Programs as child processes: started, listened to, ended."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, TypeVar

from tests.harness.warm import Warm

T = TypeVar("T")

PROJECT = Path(__file__).resolve().parents[2]
TETHER = "chatbot.demo.tether"
"""Ends a child when this process ends, however that happens."""
PATIENCE = 15.0  # seconds; generous, because it is only used up when something is broken


class Died(AssertionError):
    """A program ended, or never said what was waited for. The text ends with its last words."""


class Program:
    """One running `python -m …` with exactly the environment given, and everything it said.

    `lines` holds standard output and standard error in the order they came; `output` standard output alone.
    """

    def __init__(
        self, module: Sequence[str], *, folder: Path, environment: Mapping[str, str], tether: bool, warm: bool
    ) -> None:
        self.command = list(module)
        self.lines: list[str] = []
        self.output: list[str] = []
        self._said = threading.Condition()
        words = [*([TETHER] if tether else []), *module]
        environment = {"PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", **environment}
        start = Warm if warm else _cold
        self.process = start(words, folder=folder, environment=environment)
        assert self.process.stdout is not None and self.process.stderr is not None
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, True), daemon=True),
            threading.Thread(target=self._read, args=(self.process.stderr, False), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @classmethod
    def start(
        cls,
        *module: str,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        tether: bool = True,
        warm: bool = False,
    ) -> "Program":
        """`Program.start("chatbot", "run", folder=tmp_path, environment={…})`; `warm` as `tests.harness.warm` says."""
        return cls(module, folder=folder, environment=environment or {}, tether=tether, warm=warm)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def first_line(self, *, timeout: float = PATIENCE) -> str:
        """The first line of standard output. Raises `Died`."""
        return self.wait_for_line(lambda _: True, timeout=timeout, output_only=True)

    def wait_for_line(
        self,
        wanted: str | Callable[[str], bool],
        *,
        after: int = 0,
        timeout: float = PATIENCE,
        output_only: bool = False,
    ) -> str:
        """The first line, of those from number `after` on, that holds a text or satisfies a test. Raises `Died`."""
        test = wanted if callable(wanted) else lambda line: wanted in line
        lines = self.output if output_only else self.lines
        ends_at = time.monotonic() + timeout
        with self._said:
            seen = after
            while True:
                for line in lines[seen:]:
                    if test(line):
                        return line
                seen = len(lines)
                if self._is_silent() or not self._said.wait(ends_at - time.monotonic()):
                    raise Died(f"{' '.join(self.command)} did not say {wanted!r}; it said:\n{self.tail()}")

    def tell(self, line: str) -> None:
        """Write a line to its standard input (programs on a tether do not listen)."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def stop(self, number: signal.Signals = signal.SIGTERM, *, timeout: float = PATIENCE) -> int:
        """Ask it to end, and wait; returns its exit code."""
        if self.is_running:
            self.process.send_signal(number)
        return self.wait(timeout=timeout)

    def kill(self) -> None:
        """`kill -9`."""
        if self.is_running:
            self.process.kill()
        self.wait()

    def wait(self, *, timeout: float = PATIENCE) -> int:
        """Wait for its end; returns the exit code. Raises `Died` if it does not end (it is killed then)."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Died(f"{' '.join(self.command)} did not end within {timeout} s:\n{self.tail()}") from None
        for reader in self._readers:
            reader.join(timeout=2)
        if self.process.stdin is not None:
            self.process.stdin.close()
        return code

    def tail(self, count: int = 40) -> str:
        """Its last words."""
        return "\n".join(self.lines[-count:]) or "(nothing)"

    def _is_silent(self) -> bool:
        return not any(reader.is_alive() for reader in self._readers)

    def _read(self, stream: IO[str], is_output: bool) -> None:
        with stream:
            for line in stream:
                with self._said:
                    self.lines.append(line.rstrip("\n"))
                    if is_output:
                        self.output.append(line.rstrip("\n"))
                    self._said.notify_all()
        with self._said:
            self._said.notify_all()


def _cold(words: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def eventually(look: Callable[[], T], *, timeout: float = PATIENCE, pause: float = 0.01) -> T:
    """What `look` gives as soon as it is true; for states that nobody announces. Raises `AssertionError`."""
    ends_at = time.monotonic() + timeout
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > ends_at:
            raise AssertionError(f"not within {timeout} s; at last: {found!r}")
        time.sleep(pause)


def run_command(
    words: str, *, folder: Path, settings: Mapping[str, str], typed: Iterable[str] = ()
) -> "subprocess.CompletedProcess[str]":
    """`python -m chatbot WORDS` to its end, with lines typed at it; without a terminal it reads standard input."""
    return subprocess.run(
        [sys.executable, "-m", "chatbot", *words.split()],
        input="".join(f"{line}\n" for line in typed),
        env={**settings, "PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        start_new_session=True,
    )
