"""What is asked of the Supabase CLI and what came back, as values: built in `dialect`, run in `process`, read in
`answers`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from supa_deploy.secret import Secret

EnvValue = str | Secret
"""A variable's value for a child; secrets stay wrapped until the moment of the fork."""


class Verb(StrEnum):
    """The CLI calls this tool makes."""

    LINK = "link"
    HISTORY = "migration list"
    PUSH = "db push"
    API_KEYS = "projects api-keys"
    QUERY = "db query"
    DIFF = "db diff"
    REPAIR = "migration repair"
    VERSION = "--version"


@dataclass(frozen=True, slots=True)
class Reply:
    """A prompt that is known and what is typed at it. `pattern` is a regular expression for the end of what
    stands on the terminal; `times` is how often it may be answered: a password asked for again was refused."""

    pattern: str
    text: EnvValue = field(repr=False)
    times: int = 1


@dataclass(frozen=True, slots=True)
class Command:
    """One call: the whole argv, what it adds to the child's environment, the folder it runs in.

    `idle` is how long it may be silent (seconds; None: as long as it runs, because a server at work on a long
    statement says nothing). `private` marks a call whose stdout is itself a secret: it is handed on wrapped.
    """

    verb: Verb
    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, EnvValue] = field(default_factory=lambda: MappingProxyType({}))
    idle: float | None = 60.0
    replies: tuple[Reply, ...] = ()
    private: bool = False


class Ended(StrEnum):
    """Why a child is no longer there."""

    EXITED = "exited"
    TIMED_OUT = "timed_out"
    IDLE = "idle"
    INTERRUPTED = "interrupted"
    PROMPTED = "prompted"


@dataclass(frozen=True, slots=True)
class Completed:
    """A call that is over, its texts already free of secrets.

    `stdout` is the result channel, `terminal` what the child wrote on its terminal (progress, errors, prompts),
    without control sequences and with `\\n` ends. `exit_code` is negative for a signal, as in subprocess.
    `prompt` is the question nobody could answer. `secret_stdout` is set, and `stdout` empty, for private calls.
    """

    verb: Verb
    argv: tuple[str, ...]
    stdout: str
    terminal: str
    exit_code: int
    ended: Ended
    seconds: float
    prompt: str | None = None
    secret_stdout: Secret | None = None

    @property
    def result(self) -> str:
        """What stood on stdout, private or not: never to be quoted in a message."""
        return self.secret_stdout.reveal() if self.secret_stdout is not None else self.stdout

    @property
    def succeeded(self) -> bool:
        """True when it ended by itself with 0."""
        return self.ended is Ended.EXITED and self.exit_code == 0
