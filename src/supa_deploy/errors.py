"""The error tree: few errors, each a fact somebody acts on.

SupaDeployError                 carries an outcome; the base works with no rule at all
├── UsageError            2     wrong flag or setting; nothing was touched
├── PreflightFailed       3     no CLI, CLI too old, project paused, no migrations folder…
├── AuthFailed            4     token or password refused before the push
├── Unreachable           5     network, pooler or API down or silent before the push
├── HistoryConflict      13     local files and remote history do not fit together
└── Interrupted   130 / 143     a signal before anything was sent
"""

from supa_deploy.outcome import Outcome


class SupaDeployError(Exception):
    """A run that ended before its story could.

    `message` says what happened and what the database holds now, `hint` what to do next; `code` is a short
    machine-readable name (the Supabase CLI's own `error.code` where there is one). None of them may hold a
    secret: whoever raises redacts first. `file`, `line`, `column` and `sqlstate` are set where they are known.
    """

    outcome = Outcome.INTERNAL_ERROR

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str | None = None,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        sqlstate: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.outcome.label
        self.file = file
        self.line = line
        self.column = column
        self.sqlstate = sqlstate


class UsageError(SupaDeployError):
    """A flag or a setting is wrong or missing; all missing settings are named at once."""

    outcome = Outcome.USAGE_ERROR


class PreflightFailed(SupaDeployError):
    """Something the run needs is not there; nothing was touched."""

    outcome = Outcome.PREFLIGHT_FAILED


class AuthFailed(SupaDeployError):
    """The access token or the database password was refused before the push; nothing was touched."""

    outcome = Outcome.AUTH_FAILED


class Unreachable(SupaDeployError):
    """The network, the pooler, the database or the Management API did not answer before the push."""

    outcome = Outcome.UNREACHABLE


class HistoryConflict(SupaDeployError):
    """Remote versions that are unknown here, or local ones older than the newest remote."""

    outcome = Outcome.HISTORY_CONFLICT


class Interrupted(SupaDeployError):
    """SIGINT or SIGTERM before anything was sent (`terminated=True` for SIGTERM)."""

    outcome = Outcome.INTERRUPTED

    def __init__(self, message: str, *, terminated: bool = False, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        if terminated:
            self.outcome = Outcome.TERMINATED
