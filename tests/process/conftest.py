"""Children for these tests: small Python programs on a real terminal."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from supa_deploy.clock import Interrupt
from supa_deploy.secret import Redactor, Secret
from supa_deploy.supabase.children import Children
from supa_deploy.supabase.command import Command, Completed, Verb
from supa_deploy.supabase.process import Running

PASSWORD = Secret("corr3ct horse/battery")


@pytest.fixture
def interrupt() -> Interrupt:
    """The run's signals; nobody sent any yet."""
    return Interrupt()


@pytest.fixture
def children(interrupt: Interrupt) -> Iterator[Children]:
    """The children of one test; none outlives it."""
    with Children(interrupt, Redactor([PASSWORD])) as group:
        yield group


@pytest.fixture
def start(children: Children, tmp_path: Path) -> Callable[..., Running]:
    """Starts a Python program: `start(code, *arguments, total=…, idle=…, replies=…, private=…)`."""

    def begin(code: str, *arguments: object, total: float = 30.0, **of_command: Any) -> Running:
        argv = (sys.executable, "-c", code, *(str(argument) for argument in arguments))
        command = Command(Verb.PUSH, argv, tmp_path, **of_command)
        return children.start(command, {"PATH": os.environ["PATH"]}, total=total)

    return begin


@pytest.fixture
def run(children: Children, start: Callable[..., Running]) -> Callable[..., Completed]:
    """Runs a Python program to its end."""

    def through(code: str, *arguments: object, **wishes: Any) -> Completed:
        return children.wait(start(code, *arguments, **wishes))[0]

    return through
