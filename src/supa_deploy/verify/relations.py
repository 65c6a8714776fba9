"""Judges tables, views and columns: are they there, may they be read, do they look as promised?"""

from dataclasses import dataclass, replace

from supa_deploy.model import Verdict
from supa_deploy.postgrest import ProbeAnswer, Root, RootReading, Said, ShownColumn
from supa_deploy.postgrest.names import LYING_NAMES, TELLTALE_NAMES, sql_name
from supa_deploy.postgrest.probes import RelationProbe, RootProbe, collides, relation_probes
from supa_deploy.schema import Column, QName, Schema
from supa_deploy.verify.evidence import Evidence, Opinion, Question, Wait
from supa_deploy.verify.shape import difference
from supa_deploy.verify.words import (
    RELOAD,
    SAYS_YES,
    confirmed,
    confirmed_in_part,
    denied,
    no_answer,
    not_checkable,
    not_exposed,
    not_visible,
)


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation to look at: the columns to probe, one more whose name is certainly no function's (where there
    is one), whether the schema cache leaves it out (partitions, from PostgREST 13), and the names of functions
    that take its row (a probe takes those for columns)."""

    name: QName
    columns: tuple[str, ...] = ()
    partner: str | None = None
    is_partition: bool = False
    computed: frozenset[str] = frozenset()

    @property
    def probes(self) -> tuple[RelationProbe, ...]:
        """The probes for all columns together."""
        return relation_probes(self.name, self.columns, self.partner)

    def probe_of(self, column: str) -> RelationProbe:
        """The one of these that asks for a column."""
        return next(probe for probe in self.probes if column in probe.columns)

    def proves_nothing(self, column: str) -> bool:
        """True when a function of this name could have said yes in the column's place."""
        return (
            column in self.computed
            or column in LYING_NAMES
            or (column in TELLTALE_NAMES and not self.partner)
        )


def judge_relation(evidence: Evidence, relation: Relation) -> Opinion | None:
    """Is the relation there, and may it be read?"""
    return _see(evidence, relation, relation.probes[0], None)


def judge_view(evidence: Evidence, relation: Relation) -> Opinion | None:
    """Is the view there, with all its columns?"""
    opinion = judge_relation(evidence, relation)
    columns = {name: _see_column(evidence, relation, name) for name in relation.columns}
    if opinion is None or any(column is None for column in columns.values()):
        return None
    lost = [name for name, seen in columns.items() if seen is not None and seen.verdict is Verdict.MISSING]
    if lost and opinion.verdict is Verdict.CONFIRMED:
        return Opinion(Verdict.MISMATCH, f"it has no column {', '.join(sql_name(name) for name in lost)}")
    return opinion


def judge_column(evidence: Evidence, relation: Relation, column: Column, schema: Schema) -> Opinion | None:
    """Is the column there, and where the root shows it, is it what the file says?"""
    opinion = _see_column(evidence, relation, column.name)
    root = evidence.root(relation.name.schema)
    if opinion is None or opinion.verdict is not Verdict.CONFIRMED:
        return opinion
    upon = (Question(RootProbe(relation.name.schema)),)
    if not isinstance(root, Root):
        is_late = isinstance(root, ProbeAnswer) and root.said is Said.UNAVAILABLE
        wait = Wait.CACHE if is_late else None
        return Opinion(Verdict.CONFIRMED, opinion.detail, wait, upon, in_part=True)
    shown = shown_column(root, relation.name.name, column.name)
    if shown is not None:
        return _compare(evidence, column, shown, schema, upon)
    answer = evidence.of(relation.probe_of(column.name))
    if relation.is_partition or (answer and answer.said is not Said.PRESENT):
        # partitions are never listed, nor is what the role has no privilege on
        return replace(opinion, in_part=True)
    evidence.mark_stale(relation.name.schema)
    detail = f"its type was not compared: the API's schema cache is stale; run {RELOAD};"
    return Opinion(Verdict.CONFIRMED, detail, Wait.CACHE, upon, in_part=True)


def _compare(
    evidence: Evidence, column: Column, shown: ShownColumn, schema: Schema, upon: tuple[Question, ...]
) -> Opinion:
    found = difference(column, shown, schema)
    if found is None:
        generated = "that it is generated, the Data API does not show"
        return confirmed_in_part(generated) if column.generated else confirmed()
    if evidence.is_stale(upon[0].probe.schema):
        detail = f"{found}, but the API's schema cache is stale; run {RELOAD};"
        return Opinion(Verdict.NOT_VISIBLE, detail, Wait.CACHE, upon)
    return Opinion(Verdict.MISMATCH, found, Wait.CACHE, upon)


def shown_column(root: RootReading | None, relation: str, column: str) -> ShownColumn | None:
    """A column in the root, None when it is not shown."""
    shown = root.relations.get(relation) if isinstance(root, Root) else None
    return shown.columns.get(column) if shown else None


def _see_column(evidence: Evidence, relation: Relation, column: str) -> Opinion | None:
    """Is the column there? When one of several is missing, PostgreSQL names one: each is asked alone."""
    probe = relation.probe_of(column)
    answer = evidence.of(probe)
    if answer and answer.said in {Said.NO_COLUMN, Said.FUNCTION_NAME} and len(probe.columns) > 1:
        beside = (relation.partner,) if relation.partner and collides(column) else ()
        probe = RelationProbe(relation.name, (column, *beside))
    return _see(evidence, relation, probe, column)


def _see(  # noqa: PLR0911  # one return for each thing the API can say
    evidence: Evidence, relation: Relation, probe: RelationProbe, column: str | None
) -> Opinion | None:
    """The answer to one probe, taken as being about the relation (column None) or one of its columns."""
    schema = relation.name.schema
    root, answer = evidence.root(schema), evidence.of(probe)
    if root is None or answer is None:
        return None
    if answer.said is Said.PRESENT:
        credible = evidence.credible(schema)
        if not credible:
            return None if credible is None else no_answer(SAYS_YES, probe)
    if answer.said in {Said.REFUSED, Said.UNAVAILABLE}:
        return no_answer(answer, probe)
    if answer.said is Said.NOT_EXPOSED:
        return not_exposed(schema)
    if answer.said is Said.NO_TABLE:
        return Opinion(Verdict.MISSING, f"relation {relation.name} does not exist")
    if answer.said is Said.NOT_CACHED:
        return not_checkable(_NO_PARTITIONS) if relation.is_partition else not_visible(probe)
    if column is None:
        return _relation_by(answer, root, relation, evidence.role)
    return _column_by(answer, root, relation, column, probe)


_NO_PARTITIONS = "the Data API does not show partitions"
_OTHERS_NAME = (
    "a function of this name answers in its place, and the API's root cannot be read to tell them apart"
)


def _relation_by(answer: ProbeAnswer, root: RootReading, relation: Relation, role: str) -> Opinion:
    if answer.said in {Said.PRESENT, Said.NO_COLUMN, Said.FUNCTION_NAME}:
        return confirmed()
    is_listed = isinstance(root, Root) and relation.name.name in root.relations
    if answer.said is Said.DENIED and (is_listed or answer.denies(relation.name.name)):
        return Opinion(Verdict.NOT_GRANTED, denied(answer, relation.name, role))
    if answer.said is Said.DENIED:
        return not_checkable(denied(answer, relation.name, role))
    return _by_root(answer, root, relation, is_listed)


def _column_by(
    answer: ProbeAnswer, root: RootReading, relation: Relation, column: str, probe: RelationProbe
) -> Opinion:
    is_shown = shown_column(root, relation.name.name, column) is not None
    if answer.said is Said.PRESENT or answer.denies(relation.name.name):
        if not relation.proves_nothing(column) or is_shown:
            return confirmed()
        if isinstance(root, Root):
            return not_visible(RootProbe(relation.name.schema))
        return not_checkable(_OTHERS_NAME)
    if answer.said is Said.FUNCTION_NAME or (answer.said is Said.NO_COLUMN and len(probe.columns) == 1):
        return Opinion(Verdict.MISSING, f"{relation.name} has no column {sql_name(column)}")
    if answer.said is Said.DENIED and not is_shown:
        return not_checkable(denied(answer, relation.name, "the key's role"))
    return _by_root(answer, root, relation, is_shown)


def _by_root(answer: ProbeAnswer, root: RootReading, relation: Relation, is_shown: bool) -> Opinion:
    """The probe settled nothing: what does the root say?"""
    if is_shown:
        return confirmed(None if answer.said is Said.NOT_ASKED else f"reading it fails: {answer.words}")
    if answer.said is not Said.NOT_ASKED:
        return not_checkable(f"it cannot be read: {answer.words}")
    if relation.is_partition:
        return not_checkable(_NO_PARTITIONS)
    if isinstance(root, Root):
        return not_visible(RootProbe(relation.name.schema))
    reading = root if isinstance(root, ProbeAnswer) else ProbeAnswer(Said.REFUSED, root.reason)
    if reading.said is Said.NOT_EXPOSED:
        return not_exposed(relation.name.schema)
    return no_answer(reading, RootProbe(relation.name.schema))
