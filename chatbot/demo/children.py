"""The demo's child processes: started on a tether, listened to, ended."""

import asyncio
import contextlib
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

KEPT_LINES = 15
SECONDS_TO_END = 4.0


class ChildDied(Exception):
    """A child ended by itself, or never got ready. The text is for people and ends with its last words."""


class Child:
    """One running `python -m …`; its output is read, and the last lines are kept."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process
        self._last_lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._first_line: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        assert process.stdout is not None and process.stderr is not None
        self._readers = [
            asyncio.ensure_future(self._read(process.stdout, is_output=True)),
            asyncio.ensure_future(self._read(process.stderr, is_output=False)),
        ]

    @classmethod
    async def start(cls, name: str, command: Sequence[str], *, environment: Mapping[str, str], folder: Path) -> "Child":
        """Start a module with its arguments, in `folder`, with exactly this environment.

        It gets a session of its own, so that Ctrl-C reaches only the parent, who then ends it in order.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "chatbot.demo.tether",
            *command,
            cwd=folder,
            env=dict(environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        return cls(name, process)

    async def first_line(self, *, timeout: float) -> str:
        """The first line it prints. Raises ChildDied when none comes in time."""
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.shield(self._first_line)
        except (TimeoutError, EOFError):
            raise await self.died("did not start") from None

    async def ended(self) -> ChildDied:
        """Waits until it ends by itself."""
        await self._process.wait()
        return await self.died(f"stopped by itself (exit code {self._process.returncode})")

    async def died(self, how: str) -> ChildDied:
        """What to tell people, after its last words have been read."""
        if self._process.returncode is not None:
            await asyncio.wait(self._readers, timeout=1.0)
        last_words = "\n".join(f"    {line}" for line in self._last_lines) or "    (nothing)"
        return ChildDied(f"{self.name} {how}. Its last words:\n{last_words}")

    async def stop(self) -> None:
        """Ask it to end; after `SECONDS_TO_END` make it end."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(SECONDS_TO_END):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await asyncio.wait(self._readers, timeout=1.0)

    async def _read(self, stream: asyncio.StreamReader, *, is_output: bool) -> None:
        while line := await stream.readline():
            text = line.decode("utf-8", "replace").rstrip()
            if is_output and not self._first_line.done():
                self._first_line.set_result(text)
            else:
                self._last_lines.append(text)
        if is_output and not self._first_line.done():
            self._first_line.set_exception(EOFError())
            # Nobody may be waiting for a first line; then its absence is no news.
            self._first_line.exception()
