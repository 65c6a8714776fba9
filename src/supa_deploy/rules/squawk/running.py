"""Runs squawk beside everything else: chunks of files, one process after the other, with one deadline for all.

Seen on 2.70.0: one file that is not UTF-8, or is gone, makes it say nothing of all the others; names with the
characters of patterns are taken for patterns; without `-c` the settings of whoever runs it count; it exits 1 both for
findings and for failures, and only its stdout tells them apart. Its threads use all cores, so chunks do not overlap.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import IO, Self

from supa_deploy.rules.squawk.words import SYNTAX, Located, Squawked, Violation, Wishes

_FIRST_FILES, _FILES = 50, 250
"""A chunk's files, in the first (its answer is waited for) and at most: about 1 MB of JSON at a time, and a command
line well below every platform's limit."""
_CHARACTERS = 20_000
_PATTERN = frozenset("*?[]{}!")
_TARGET = "17.0"
"""The PostgreSQL whose rules count: hosted projects have 15 or 17, and squawk's rules do not differ between them."""


class _Failed(Exception):
    """A process that did not answer; the text says why."""


class Running:
    """Squawk at work in a thread of its own. To be closed: `with begin(…) as running`."""

    def __init__(
        self, workdir: Path, files: Sequence[str], located: Located, wishes: Wishes, seconds: float
    ) -> None:
        self._workdir = workdir
        self._wishes = wishes
        self._program = located.program
        self._silent = located.why
        self._deadline = time.monotonic() + seconds
        self._seconds = seconds
        self._said: dict[str, tuple[Violation, ...]] = {}
        self._unread: dict[str, str] = {}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._chunk_of: dict[str, Future[None]] = {}
        if self._program is None:
            return
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="squawk")
        self._private = tempfile.TemporaryDirectory(prefix="supa-deploy-squawk-")
        (Path(self._private.name) / "squawk.toml").touch()
        for chunk in _chunks(files):
            future = self._pool.submit(self._chunk, chunk)
            self._chunk_of.update(dict.fromkeys(chunk, future))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def of(self, file: str) -> tuple[Violation, ...]:
        """What squawk says of one file; waits until its chunk is done, never beyond the deadline."""
        future = self._chunk_of.get(file)
        if future is not None:
            future.result()
        return self._said.get(file, ())

    def result(self) -> Squawked:
        """What squawk said of all files; waits until it is done, never beyond the deadline."""
        for future in dict.fromkeys(self._chunk_of.values()):
            future.result()
        return Squawked(MappingProxyType(self._said), MappingProxyType(self._unread), self._silent)

    @property
    def why_silent(self) -> str | None:
        """Why squawk said nothing (more); None when it was heard."""
        return self._silent

    def close(self) -> None:
        """Ends it: a process that still runs is killed. May be called twice."""
        if self._program is None or self._closed:
            return
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._private.cleanup()

    # In the thread

    def _chunk(self, files: list[str]) -> None:
        if self._silent is not None:
            return
        try:
            self._said.update(self._asked(files))
        except _Failed as failure:
            bad = {file: why for file in files if (why := self._unreadable(file)) is not None}
            self._unread.update(bad)
            good = [file for file in files if file not in bad]
            if not bad:
                self._silent = str(failure)
            elif good:
                self._chunk(good)

    def _asked(self, files: list[str]) -> dict[str, tuple[Violation, ...]]:
        plain = [file for file in files if not _is_odd(file)]
        said = read_answer(self._run(plain)) if plain else {}
        for file in files:
            if _is_odd(file):
                alone = read_answer(self._run([], stdin=self._workdir / file))
                said[file] = next(iter(alone.values()), ())
        return said

    def _run(self, files: list[str], stdin: Path | None = None) -> bytes:
        """One process; its stdout goes through a file, which cannot fill up and needs no second thread."""
        folder = Path(self._private.name)
        argv = [str(self._program), "-c", str(folder / "squawk.toml"), "--reporter", "json"]
        argv += ["--pg-version", _TARGET]
        argv += [f"--include={rule}" for rule in self._wishes.include]
        argv += [f"--exclude={rule}" for rule in self._wishes.exclude]
        argv += ["--stdin-filepath", "stdin.sql"] if stdin else ["--", *files]
        try:
            with (stdin or Path(os.devnull)).open("rb") as source:
                return self._waited(argv, source, folder)
        except OSError as error:
            raise _Failed(f"squawk could not be run: {error.strerror}") from None

    def _waited(self, argv: list[str], stdin: IO[bytes], folder: Path) -> bytes:
        out, err = folder / "out.json", folder / "err.txt"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            with self._lock:
                if self._closed:
                    raise _Failed("squawk was ended")
                process = self._process = subprocess.Popen(
                    argv,
                    cwd=self._workdir,
                    env={},
                    stdin=stdin,
                    stdout=stdout,
                    stderr=stderr,
                )
            try:
                process.wait(max(self._deadline - time.monotonic(), 0.01))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise _Failed(f"squawk did not answer within {self._seconds:g} s") from None
        answer = out.read_bytes()
        if not answer.strip():
            first = err.read_bytes().decode(errors="replace").strip().partition("\n")[0]
            raise _Failed(f"squawk failed: {first or f'exit code {process.returncode}'}")
        return answer

    def _unreadable(self, file: str) -> str | None:
        try:
            (self._workdir / file).read_bytes().decode()
        except OSError as error:
            return error.strerror or "it cannot be read"
        except UnicodeDecodeError:
            return "it is not UTF-8"
        return None


def _is_odd(file: str) -> bool:
    """True for names that squawk would take for a pattern, or cannot repeat (bytes that are not UTF-8)."""
    return not _PATTERN.isdisjoint(file) or any("\ud800" <= character <= "\udfff" for character in file)


def read_answer(answer: bytes) -> dict[str, tuple[Violation, ...]]:
    """Squawk's JSON by file. Of a file's syntax errors the first is kept: with one, squawk applies no rule."""
    found: dict[str, list[Violation]] = {}
    try:
        for entry in json.loads(answer):
            words = found.setdefault(entry["file"], [])
            rule = sys.intern(entry["rule_name"])
            if rule != SYNTAX or not any(word.rule == SYNTAX for word in words):
                words.append(Violation(rule, int(entry["line"]), int(entry["column"])))
    except (ValueError, KeyError, TypeError) as error:
        raise _Failed(f"squawk's answer cannot be read ({type(error).__name__})") from None
    return {file: tuple(words) for file, words in found.items()}


def _chunks(files: Sequence[str]) -> Iterator[list[str]]:
    """The files in chunks that grow: while the first is read, squawk is at the second."""
    chunk: list[str] = []
    characters, most = 0, _FIRST_FILES
    for file in files:
        if chunk and (len(chunk) == most or characters + len(file) > _CHARACTERS):
            yield chunk
            chunk, characters, most = [], 0, min(2 * most, _FILES)
        chunk.append(file)
        characters += len(file) + 1
    if chunk:
        yield chunk
