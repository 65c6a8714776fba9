"""What is said of a comparison: the failure that drift ends a run with, and why it could not be made, or not wholly."""

import re
from collections.abc import Sequence

from supa_deploy.catalog import sentence
from supa_deploy.errors import PreflightFailed, SupaDeployError
from supa_deploy.model import Change, Drift, Failure
from supa_deploy.outcome import Outcome
from supa_deploy.shadow import NoServer
from supa_deploy.supabase.dialect import JSON_DIFF

_LISTED = 5
_HOLDS = re.compile(r" Nothing(?: else)? was touched\.?")


def drift_failure(drift: Drift) -> Failure:
    """Why a run ends with `drift`; what differs stands in the drift itself."""
    count = len(drift.changes)
    things = "1 thing differs" if count == 1 else f"{count} things differ"
    return Failure(
        Outcome.DRIFT.label,
        f"{things} from what the files make. Nothing was changed to mend it.",
        "Keep it with a new migration that holds the SQL shown, or undo it in the database; "
        "then run `supa-deploy diff` again.",
    )


def not_compared(reason: str | None) -> Failure:
    """Why a run that was to look for drift ends without knowing."""
    return Failure(
        "not_compared",
        f"Drift could not be looked for: {reason or 'the comparison did not run'}. Nothing is known to be wrong.",
        "Mend that and run `supa-deploy diff`.",
    )


def listed(changes: Sequence[Change]) -> str:
    """Changes in one sentence, the first few of many."""
    more = f"; and {len(changes) - _LISTED} more" if len(changes) > _LISTED else ""
    return "; ".join(sentence(change) for change in changes[:_LISTED]) + more


def needs_docker(version: str) -> PreflightFailed:
    """The error for a CLI that compares in Docker alone, where there is none."""
    return PreflightFailed(
        f"Supabase CLI {version} compares databases in Docker alone, and no Docker runs here. Nothing was touched.",
        hint=f"Supabase CLI {JSON_DIFF.since} and newer do without: npm install --save-dev supabase@latest",
        code="cli_cannot_diff",
    )


def made_by_no_file(extensions: Sequence[str]) -> str:
    """What somebody has to know whose files need extensions that none of them makes."""
    names = ", ".join(extensions)
    return (
        f"The files could be replayed only with extensions that the database has and no file creates: {names}. A new "
        "environment will need a file with `create extension`."
    )


def no_server(found: NoServer) -> PreflightFailed:
    """The error for a run without a scratch server."""
    return PreflightFailed(
        f"{found.reason} Nothing was touched.",
        hint=found.advice,
        code="no_scratch_server",
    )


def not_writable(error: OSError) -> PreflightFailed:
    """The error for a machine on which the scratch side has no room, or no right to write."""
    where = f" ({error.filename})" if error.filename else ""
    return PreflightFailed(
        f"The scratch server could not be prepared: {error.strerror or error}{where}. Nothing was touched.",
        hint="Make room there, or let it be written to: the folder for temporary files and the cache folder are used.",
        code="no_scratch_space",
    )


def catalogs_alone(error: SupaDeployError) -> str:
    """The notice of a comparison that the engine could not make."""
    return (
        f"The CLI's diff engine could not compare them ({bare(error.message)}): what differs is told from both "
        "catalogs, and there is no SQL for it."
    )


def engine_alone(reason: str | None) -> str:
    """The notice of a comparison that the catalogs had no part in."""
    return (
        f"The catalogs could not be held against one another ({bare(reason or 'not read')}): what differs is told "
        "by the CLI's diff engine alone."
    )


def two_majors(replayed_on: int, database: int) -> str:
    """The notice of a comparison across PostgreSQL's major versions."""
    return (
        f"The files were replayed on PostgreSQL {replayed_on}, and the database is PostgreSQL {database}: what only "
        "these two print differently is left out."
    )


def bare(message: str) -> str:
    """A message as part of another sentence: on one line, without what it says of the database."""
    return _HOLDS.sub("", " ".join(message.split())).rstrip(".")
