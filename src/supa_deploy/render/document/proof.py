"""What a statement about the files rests on: the files alone, or a witness who saw it in the database."""

from collections.abc import Collection
from dataclasses import dataclass

from supa_deploy.model import Check, ObjectKind, Report, Verdict
from supa_deploy.render.checks import Mark
from supa_deploy.render.document.pieces import seen_by
from supa_deploy.render.document.state import pending_versions
from supa_deploy.render.text import listing

Key = tuple[str, str, str]
"""Schema, relation, and the object's own name."""
_MOST = 10


@dataclass(frozen=True, slots=True)
class Proof:
    """A sign and a half-sentence: who says so."""

    mark: Mark
    says: str


def key(check: Check) -> Key:
    """The key of a check's object; row-level security has its table's name."""
    relation = check.table or check.name
    return check.schema, relation, relation if check.object is ObjectKind.RLS else check.name


def proof(report: Report, kind: ObjectKind, keys: Collection[Key]) -> Proof:
    """What is known of objects of a kind that the files promise, all of them together."""
    checks = {key(c): c for c in report.checks if c.object is kind and not c.dropped}
    found = [checks[one] for one in keys if one in checks]
    waiting = pending_versions(report)
    bad = [c for c in found if c.verdict.is_failure and c.migration not in waiting]
    confirmed = [c for c in found if c.verdict is Verdict.CONFIRMED]
    if bad:
        names = [c.name if c.object is not ObjectKind.RLS else (c.table or c.name) for c in bad[:_MOST]]
        named = listing([*names, f"{len(bad) - _MOST:,} more"] if len(bad) > _MOST else names)
        return Proof(Mark.NO, f"so say the files, and the database does not show it: {named}")
    who = seen_by(c.witness for c in confirmed)
    if found and len(confirmed) == len(keys):
        return Proof(Mark.YES, f"confirmed in the database by {who}")
    if confirmed:
        return Proof(Mark.YES, f"so say the files; {len(confirmed):,} of {len(keys):,} confirmed by {who}")
    if found and all(c.migration in waiting for c in found):
        return Proof(Mark.YES, "so say the files, which are not applied yet")
    if found:
        return Proof(Mark.YES, "so say the files; no witness here can see it in the database")
    return Proof(Mark.YES, "so say the files; nobody looked at the database")
