"""Judges what the files took away: gone is confirmed, still there is a mismatch."""

from functools import partial

from supa_deploy.model import ObjectKind, Verdict
from supa_deploy.postgrest import ProbeAnswer, Root, Said
from supa_deploy.postgrest.names import sql_name
from supa_deploy.postgrest.probes import (
    Embed,
    EmbedProbe,
    FunctionProbe,
    Probe,
    RelationProbe,
    RootProbe,
    collides,
)
from supa_deploy.schema import Dropped, DroppedKind
from supa_deploy.verify.evidence import Evidence, Opinion, Question, Wait
from supa_deploy.verify.promise import Promise
from supa_deploy.verify.relations import shown_column
from supa_deploy.verify.words import SAYS_YES, confirmed, no_answer, not_checkable, unseen

_GONE = "dropped, and gone"
_STILL_THERE = "dropped by the files, and still there"
_TABLE_GONE = frozenset({Said.NO_TABLE, Said.NOT_CACHED})
_RELATIONS = frozenset({DroppedKind.TABLE, DroppedKind.VIEW})


_OBJECTS = {
    DroppedKind.TABLE: ObjectKind.TABLE,
    DroppedKind.VIEW: ObjectKind.VIEW,
    DroppedKind.COLUMN: ObjectKind.COLUMN,
    DroppedKind.FUNCTION: ObjectKind.FUNCTION,
    DroppedKind.FOREIGN_KEY: ObjectKind.FOREIGN_KEY,
    DroppedKind.CONSTRAINT: ObjectKind.CONSTRAINT,
    DroppedKind.INDEX: ObjectKind.INDEX,
    DroppedKind.POLICY: ObjectKind.POLICY,
    DroppedKind.TRIGGER: ObjectKind.TRIGGER,
    DroppedKind.TYPE: ObjectKind.TYPE,
    DroppedKind.EXTENSION: ObjectKind.EXTENSION,
    DroppedKind.PUBLICATION: ObjectKind.PUBLICATION,
}
_UNSEEN = {
    DroppedKind.CONSTRAINT: "constraints",
    DroppedKind.INDEX: "indexes",
    DroppedKind.POLICY: "policies",
    DroppedKind.TRIGGER: "triggers",
    DroppedKind.TYPE: "types that no column has",
    DroppedKind.EXTENSION: "extensions",
    DroppedKind.PUBLICATION: "publications",
}


def promise_of_absence(dropped: Dropped) -> Promise:
    """What the files took away, as a promise that it is gone."""
    is_column, on_table = dropped.kind is DroppedKind.COLUMN, dropped.member is not None
    hidden = _UNSEEN.get(dropped.kind)
    return Promise(
        _OBJECTS[dropped.kind],
        dropped.name.schema,
        dropped.name.name if is_column else dropped.member or dropped.name.name,
        dropped.origin,
        unseen(hidden) if hidden else partial(judge_dropped, dropped=dropped),
        column=dropped.member if is_column else None,
        table=dropped.name.name if on_table else None,
        dropped=True,
        about=frozenset({dropped.name}),
        subject=dropped,
    )


def judge_dropped(  # noqa: PLR0911  # one return for each thing the API can say
    evidence: Evidence, dropped: Dropped
) -> Opinion | None:
    """Is it gone?"""
    by_root = dropped.kind is DroppedKind.FUNCTION or collides(dropped.member or "")
    probe = _probe(dropped)
    root, answer = evidence.root(dropped.name.schema), evidence.of(probe)
    if root is None or answer is None:
        return None
    credible = answer.said is not Said.PRESENT or evidence.credible(dropped.name.schema)
    if credible is None:
        return None
    if answer.said in {Said.UNAVAILABLE, Said.REFUSED} or not credible:
        return no_answer(answer if credible else SAYS_YES, probe)
    if answer.said is Said.NOT_EXPOSED:
        return not_checkable(f"schema {sql_name(dropped.name.schema)} is not exposed")
    if by_root and isinstance(root, Root):
        return _by_root(root, dropped)
    if by_root:
        return not_checkable("the API's root, which would tell, cannot be read")
    return _by_answer(answer, dropped, probe)


def _by_answer(answer: ProbeAnswer, dropped: Dropped, probe: Probe) -> Opinion:
    is_column = dropped.kind is DroppedKind.COLUMN
    if answer.said in _TABLE_GONE or (is_column and answer.said is Said.NO_COLUMN):
        return confirmed(_GONE)
    if answer.said in {Said.PRESENT, Said.SEVERAL} or answer.denies(dropped.name.name):
        # a dropped key can linger in the schema cache; anything else is PostgreSQL's own word
        wait = Wait.CACHE if dropped.kind is DroppedKind.FOREIGN_KEY else None
        return Opinion(Verdict.MISMATCH, _STILL_THERE, wait, (Question(probe),))
    if dropped.kind is DroppedKind.FOREIGN_KEY:
        return not_checkable("the Data API shows no such key, but it does not show every key")
    return not_checkable(f"whether it is gone, the Data API does not tell: {answer.words}")


def _by_root(root: Root, dropped: Dropped) -> Opinion:
    upon = (Question(RootProbe(dropped.name.schema)),)
    still_there = Opinion(Verdict.MISMATCH, _STILL_THERE, Wait.CACHE, upon)
    if dropped.kind is DroppedKind.FUNCTION:
        return (
            still_there
            if dropped.name.name in root.functions
            else confirmed("dropped, and not listed any more")
        )
    if dropped.name.name not in root.relations:
        return not_checkable("the API's root does not list the table")
    return still_there if shown_column(root, dropped.name.name, dropped.member or "") else confirmed(_GONE)


def _probe(dropped: Dropped) -> Probe:
    member = dropped.member or ""
    if dropped.kind is DroppedKind.COLUMN:
        return RelationProbe(dropped.name, (member,))
    if dropped.kind is DroppedKind.FOREIGN_KEY:
        return EmbedProbe(dropped.name, (Embed(member, None, None),))
    if dropped.kind is DroppedKind.FUNCTION:
        return FunctionProbe(dropped.name)
    return RelationProbe(dropped.name)
