"""A way back, computed and in words: what the rollback story goes, and what a report tells."""

from collections.abc import Sequence

from supa_deploy.journal import StepInHand
from supa_deploy.migrations import Script
from supa_deploy.migrations.acts import cannot_restore, read_sql
from supa_deploy.model import Drift, Loss, Rollback
from supa_deploy.release import Release
from supa_deploy.wayback.downs import Piece, changed_rows
from supa_deploy.wayback.losses import converted
from supa_deploy.wayback.search import Search, Start
from supa_deploy.wayback.target import Way
from supa_deploy.wayback.way import WayBack


def compute(
    release: Release,
    step: StepInHand,
    way: Way,
    pieces: Sequence[Piece],
    drift: Drift,
    *,
    start: Start | None = None,
) -> WayBack:
    """The way, proven. `start`: from where it leads back, where that is not the database as it is. Raises
    PreflightFailed where no SQL leads there."""
    statements = (statement for script in _undone(release, way) for statement in read_sql(script.text))
    acts = [act for statement in statements for act in statement.acts]
    back = Search(release.comparison, way, drift, acts, start).find(pieces)
    step.note = f"{len(way.undone)} undone, proven on {drift.shadow}"
    return back


def as_rollback(release: Release, way: Way, back: WayBack, losses: tuple[Loss, ...]) -> Rollback:
    """The way as the value that reports carry; not gone yet."""
    return Rollback(
        to=way.to,
        versions=tuple(migration.version for migration in way.undone),
        sql=back.sql,
        losses=losses,
        cannot_restore=_not_restored(release, way, back),
        hand_written=back.hand_written,
        remains=back.remains,
    )


def _undone(release: Release, way: Way) -> list[Script]:
    undone = {migration.version for migration in way.undone}
    return [script for script in release.scripts if script.migration.version in undone]


def _not_restored(release: Release, way: Way, back: WayBack) -> tuple[str, ...]:
    """What no SQL brings back, in words: of the undone files, and of what hand-written ones do to rows."""
    by_hand = [down for down in release.discovery.downs if down.file in back.hand_written]
    told = (line for down in by_hand for line in changed_rows(down))
    return (*converted(back.statements), *cannot_restore(_undone(release, way)), *told)
