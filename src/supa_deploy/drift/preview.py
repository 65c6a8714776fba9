"""What a push will really do: tried on a scratch copy of the database as it is, drift included."""

from collections.abc import Sequence
from dataclasses import dataclass

from supa_deploy.catalog import Catalog, Differences, differences
from supa_deploy.drift.comparison import Comparison, database_catalog
from supa_deploy.drift.merge import preview_of
from supa_deploy.drift.replay import Replay, ReplayFailed, contents_of, located, run_as_owner
from supa_deploy.drift.words import catalogs_alone, listed
from supa_deploy.errors import Interrupted, SupaDeployError
from supa_deploy.migrations import Migration
from supa_deploy.model import Drift, Finding, Preview, Severity
from supa_deploy.shadow import ShadowDatabase


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying: the effect, or the finding about the file that fails; and what has to be known of the
    trial itself."""

    preview: Preview | None = None
    failing: Finding | None = None
    notices: tuple[str, ...] = ()


def preview(
    comparison: Comparison, applied: Sequence[Migration], pending: Sequence[Migration], drift: Drift
) -> Trial:
    """The effect of pushing `pending` on a database that holds `applied` and `drift`.

    Raises SupaDeployError for what keeps it from being tried: no scratch server, drift that cannot be made there.
    """
    shadow, files = comparison.shadow, comparison.replayed()
    if shadow is None or files is None:
        raise comparison.error or ReplayFailed(
            "The CLI's own shadow in Docker shows drift, but nothing can be tried on it. Nothing was touched.",
            hint="Install a scratch PostgreSQL (see docs/drift.md), or run plan without --diff.",
            code="no_scratch_server",
        )
    ahead = shadow.copy(files, "ahead")
    if drift.sql:
        run_as_owner(ahead, drift.sql)
    before = database_catalog(ahead, comparison.schemas)
    notices = _untried(before, comparison.found().catalog)
    every = {migration.version for migration in (*applied, *pending)}
    try:
        with Replay(comparison.supabase, ahead, contents_of([*applied, *pending]), expected=every) as replay:
            replay.finish()
    except ReplayFailed as error:
        return Trial(failing=_finding(located(error, pending), pending, drift), notices=notices)
    effect = differences(before, database_catalog(ahead, comparison.schemas))
    sql, untold = _sql(comparison, ahead)
    return Trial(preview_of(sql, effect), notices=(*notices, *untold))


def _sql(comparison: Comparison, ahead: ShadowDatabase) -> tuple[str | None, tuple[str, ...]]:
    """The engine's SQL from the database as it is to what the push makes of it, or why there is none."""
    pushed = comparison.supabase.begin_diff(ahead.url, schemas=comparison.schemas, reverse=True)
    try:
        return pushed.result().sql, ()
    except Interrupted:
        raise
    except SupaDeployError as error:
        return None, (catalogs_alone(error),)


def _untried(before: Catalog, found: Catalog | None) -> tuple[str, ...]:
    """What the database holds and its scratch copy does not: the engine's SQL did not make it."""
    lacking = differences(before, found) if found else Differences()
    if not lacking.changes:
        return ()
    return (f"The push was tried on a scratch copy that lacks this: {listed(lacking.changes)}.",)


def _finding(error: ReplayFailed, pending: Sequence[Migration], drift: Drift) -> Finding:
    return Finding(
        "would-fail",
        Severity.WARNING,
        error.file or pending[0].file,
        error.line or 1,
        error.column or 1,
        f"Tried on a scratch copy of the database as it is{'' if drift.empty else ', drift included'}, this file "
        f"fails: {error.message}",
        "Mend the file, or what stands in its way in the database.",
    )
