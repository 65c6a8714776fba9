"""What a push will really do: tried on a scratch copy of the database as it is, drift included."""

from collections.abc import Sequence

from supa_deploy.catalog import differences
from supa_deploy.drift.comparison import Comparison, database_catalog
from supa_deploy.drift.merge import drift_of
from supa_deploy.drift.replay import Replay, ReplayFailed, contents_of, run_as_owner
from supa_deploy.migrations import Migration
from supa_deploy.model import Drift, Finding, Preview, Severity


def preview(
    comparison: Comparison, applied: Sequence[Migration], pending: Sequence[Migration], drift: Drift
) -> tuple[Preview | None, Finding | None]:
    """The effect of pushing `pending` on a database that holds `applied` and `drift`; or, where a file fails there,
    the finding that says so.

    Raises SupaDeployError for what keeps it from being tried: no scratch server, drift that cannot be made there.
    """
    shadow, files = comparison.shadow, comparison.replayed()
    if shadow is None or files is None:
        raise comparison.error or ReplayFailed("The files could not be replayed.", code="replay_failed")
    ahead = shadow.copy(files, "ahead")
    if drift.sql:
        run_as_owner(ahead, drift.sql)
    before = database_catalog(ahead, comparison.schemas)
    every = {migration.version for migration in (*applied, *pending)}
    try:
        with Replay(comparison.supabase, ahead, contents_of([*applied, *pending]), expected=every) as replay:
            replay.finish()
    except ReplayFailed as error:
        return None, Finding(
            "would-fail",
            Severity.WARNING,
            error.file or pending[0].file,
            1,
            1,
            f"Tried on a scratch copy of the database as it is{', drift included' if drift.sql else ''}, this file "
            f"fails: {error.message}",
            "Mend the file, or what stands in its way in the database.",
        )
    pushed = comparison.supabase.begin_diff(ahead.url, schemas=comparison.schemas, reverse=True)
    effect = differences(before, database_catalog(ahead, comparison.schemas))
    answer = pushed.result()
    seen = drift_of(answer.sql, answer.engine, effect, shadow=shadow.describe)
    return Preview(seen.sql, seen.changes), None
