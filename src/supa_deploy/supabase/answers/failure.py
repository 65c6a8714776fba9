"""Why a call failed, as one of few kinds: each a fact that somebody acts on differently."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from supa_deploy.errors import (
    AuthFailed,
    HistoryConflict,
    Interrupted,
    PreflightFailed,
    SupaDeployError,
    Unreachable,
)
from supa_deploy.outcome import Outcome
from supa_deploy.supabase.answers.sqlerror import Caret
from supa_deploy.supabase.command import Completed


class FailureKind(StrEnum):
    """What went wrong, by who has to do something about it."""

    TOKEN = "token"  # noqa: S105  # a kind, not a secret
    PASSWORD = "password"  # noqa: S105  # a kind, not a secret
    PERMISSION = "permission"
    UNREACHABLE = "unreachable"
    PAUSED = "paused"
    NOT_LINKED = "not_linked"
    CONFLICT_REMOTE_UNKNOWN = "conflict_remote_unknown"
    CONFLICT_LOCAL_OLDER = "conflict_local_older"
    SQL = "sql"
    BUSY = "busy"
    SEED = "seed"
    ROLES = "roles"
    CONFIG = "config"
    DOCKER = "docker"
    ENGINE = "engine"
    CLI_INTERNAL = "cli_internal"
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"
    PROMPT = "prompt"
    UNREADABLE = "unreadable"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CliFailure:
    """A call that failed: the kind, the CLI's own code and words (free of secrets), and for a refused statement
    where it stood. `file` is the migration (or seed, or roles) file the CLI was at; `statement_index` is 0-based."""

    kind: FailureKind
    message: str
    code: str | None = None
    suggestion: str | None = None
    sqlstate: str | None = None
    file: str | None = None
    statement_index: int | None = None
    statement_text: str | None = None
    caret: Caret | None = None

    @property
    def advice(self) -> str | None:
        """What to do about it: ours by the kind, then the CLI's own."""
        return "\n".join(part for part in (_HINTS.get(self.kind), self.suggestion) if part) or None

    def as_error(self, holds: str = "Nothing was touched.") -> SupaDeployError:
        """The error to raise; `holds` says what the database holds now (empty: that is not for this call to say)."""
        said = self.message.rstrip(".")
        advice = self.advice
        if self.kind is FailureKind.INTERRUPTED:
            return Interrupted(f"{said}. {holds}".rstrip(), hint=advice)
        error = _ERRORS.get(self.kind, PreflightFailed)
        return error(
            f"{said}. {holds}".rstrip(),
            hint=advice,
            code=self.code or self.kind.value,
            sqlstate=self.sqlstate,
        )


class UnreadableAnswer(SupaDeployError):
    """The CLI reported success in words that cannot be read: taken as a failure, because it may have been one."""

    outcome = Outcome.PREFLIGHT_FAILED


def unreadable(completed: Completed) -> UnreadableAnswer:
    """The error for a success that cannot be read; quotes its beginning, but never a private stdout."""
    said = completed.stdout.strip()[:300] or "(nothing that may be shown)"
    return UnreadableAnswer(
        f"`supabase {completed.verb}` reported success in words that cannot be read: {said}",
        hint="Please report this with the CLI's version.",
        code="unreadable_answer",
    )


_ERRORS: Mapping[FailureKind, type[SupaDeployError]] = {
    FailureKind.TOKEN: AuthFailed,
    FailureKind.PASSWORD: AuthFailed,
    FailureKind.PERMISSION: AuthFailed,
    FailureKind.UNREACHABLE: Unreachable,
    FailureKind.TIMEOUT: Unreachable,
    FailureKind.CONFLICT_REMOTE_UNKNOWN: HistoryConflict,
    FailureKind.CONFLICT_LOCAL_OLDER: HistoryConflict,
    FailureKind.UNREADABLE: UnreadableAnswer,
}

_HINTS: Mapping[FailureKind, str] = {
    FailureKind.TOKEN: "Check SUPABASE_ACCESS_TOKEN: it must be valid and belong to an account that may manage this "
    "project (https://supabase.com/dashboard/account/tokens).",
    FailureKind.PASSWORD: "Check the database password (SUPABASE_DB_PASSWORD, or SUPABASE_DB_URL/PGPASSWORD for a "
    "URL). It can be reset in the Dashboard under Database, Settings.",
    FailureKind.PERMISSION: "Connect as a role that owns the schema supabase_migrations (postgres on Supabase).",
    FailureKind.UNREACHABLE: "Running again is safe. `supa-deploy doctor` looks at each way there.",
    FailureKind.TIMEOUT: "Running again is safe. `supa-deploy doctor` looks at each way there.",
    FailureKind.PAUSED: "Restore the project in the Dashboard, wait until it is healthy, and run again.",
    FailureKind.NOT_LINKED: "Set SUPABASE_PROJECT_REF, or run `supabase link`.",
    FailureKind.PROMPT: "Give what it asks for as a setting; `supa-deploy doctor` names what is missing.",
    FailureKind.CONFIG: "Mend supabase/config.toml.",
    FailureKind.DOCKER: "Start Docker, or use a Supabase CLI from 2.115 on, which compares two databases without it "
    "(npm install --save-dev supabase@latest).",
}
