"""Judges keys: foreign ones by embedding, primary ones by the root's notes."""

from dataclasses import dataclass

from supa_deploy.model import Verdict
from supa_deploy.postgrest import ProbeAnswer, Root, RootReading, Said
from supa_deploy.postgrest.probes import Embed, EmbedProbe, RootProbe
from supa_deploy.schema import Constraint, ForeignKey, QName
from supa_deploy.verify.evidence import Evidence, Opinion, Question, Wait
from supa_deploy.verify.relations import Relation, judge_relation, shown_column
from supa_deploy.verify.words import RELOAD, confirmed, no_answer, not_checkable, not_visible

_HOLDER_DECIDES = frozenset({Verdict.NOT_EXPOSED, Verdict.MISSING, Verdict.NOT_VISIBLE})


@dataclass(frozen=True, slots=True)
class Key:
    """A foreign key to look for, the table that holds it, and the column of the target that it points at (None:
    the files do not tell)."""

    table: QName
    foreign_key: ForeignKey
    target_column: str | None

    @property
    def is_self(self) -> bool:
        """True for a key into its own table."""
        return self.foreign_key.target == self.table

    @property
    def is_embeddable(self) -> bool:
        """False for keys into another schema, which embeds never follow, and for a key of several columns into
        its own table, which neither its name nor a column finds."""
        one_column = len(self.foreign_key.columns) == 1
        return self.foreign_key.target.schema == self.table.schema and (one_column or not self.is_self)

    @property
    def by_name(self) -> Embed:
        """By the constraint's name; a key into its own table answers to its column's only."""
        if self.is_self:
            return Embed(self.foreign_key.columns[0], None, self.target_column)
        return Embed(self.foreign_key.target.name, self.foreign_key.name, self.target_column)

    @property
    def by_column(self) -> Embed | None:
        """By the column, should the constraint bear another name than expected. Only with the direction proven:
        a column's name finds keys that point at it as well."""
        if self.is_self or len(self.foreign_key.columns) != 1 or self.target_column is None:
            return None
        return Embed(self.foreign_key.target.name, self.foreign_key.columns[0], self.target_column)


def judge_foreign_key(
    evidence: Evidence, relation: Relation, key: Key, beside: tuple[Key, ...]
) -> Opinion | None:
    """Is the key there, pointing the right way? One request asks for all of the table's keys (`beside`)."""
    holder, root = judge_relation(evidence, relation), evidence.root(relation.name.schema)
    embeddable = tuple(each.by_name for each in beside if each.is_embeddable)
    together = evidence.of(EmbedProbe(key.table, embeddable)) if key.is_embeddable else None
    if holder is None or root is None or (key.is_embeddable and together is None):
        return None
    if holder.verdict in _HOLDER_DECIDES or holder.unavailable:
        return holder
    if together is None or relation.is_partition or together.said is Said.NOT_ASKED:
        return _by_note(evidence, relation, key, root)
    if together.said is Said.PRESENT:
        return confirmed()
    return _alone(evidence, key, root)


def judge_primary_key(  # noqa: PLR0911  # one return for each thing the API can say
    evidence: Evidence, relation: Relation, constraint: Constraint
) -> Opinion | None:
    """Does the root mark just these columns as the primary key?"""
    holder, root = judge_relation(evidence, relation), evidence.root(relation.name.schema)
    if holder is None or root is None:
        return None
    if holder.verdict in _HOLDER_DECIDES or holder.unavailable:
        return holder
    upon = (Question(RootProbe(relation.name.schema)),)
    if not isinstance(root, Root):
        is_late = isinstance(root, ProbeAnswer) and root.said is Said.UNAVAILABLE
        reason = f"the API's root, which shows primary keys, cannot be read: {_why(root)}"
        return Opinion(Verdict.NOT_CHECKABLE, reason, Wait.CACHE if is_late else None, upon)
    shown = root.relations.get(relation.name.name)
    if shown is None:
        if relation.is_partition or holder.verdict is not Verdict.CONFIRMED:
            return not_checkable("the API's root does not list the table")
        return not_visible(RootProbe(relation.name.schema))
    if shown.primary_key == frozenset(constraint.columns):
        return confirmed()
    if evidence.is_stale(relation.name.schema) or not frozenset(constraint.columns) <= frozenset(
        shown.columns
    ):
        return not_visible(RootProbe(relation.name.schema))
    columns = ", ".join(sorted(shown.primary_key)) or "no primary key"
    verdict = Verdict.MISMATCH if shown.primary_key else Verdict.MISSING
    return Opinion(verdict, f"the API shows {columns}", Wait.CACHE, upon)


def _alone(evidence: Evidence, key: Key, root: RootReading) -> Opinion | None:
    probe = EmbedProbe(key.table, (key.by_name,))
    answer = evidence.of(probe)
    if answer is None:
        return None
    if _is_found(answer, key):
        return confirmed()
    upon = [probe]
    if key.by_column is not None and answer.said in {Said.NO_RELATIONSHIP, Said.NOT_TO_ONE}:
        other_probe = EmbedProbe(key.table, (key.by_column,))
        other = evidence.of(other_probe)
        if other is None:
            return None
        if _is_found(other, key):
            return confirmed(f"under another name than {key.foreign_key.name}")
        upon.append(other_probe)
    if _is_noted(root, key):
        return confirmed()
    return _not_found(answer, key, upon)


def _not_found(answer: ProbeAnswer, key: Key, upon: list[EmbedProbe]) -> Opinion:
    if answer.said in {Said.UNAVAILABLE, Said.REFUSED}:
        return no_answer(answer, *upon)
    if answer.said in {Said.NO_TABLE, Said.NOT_CACHED}:
        return Opinion(Verdict.MISSING, f"{key.foreign_key.target}, its target, does not exist")
    if answer.said is Said.NOT_TO_ONE:
        detail = f"the key of this name does not point from {key.table} at {key.foreign_key.target}"
        return Opinion(Verdict.MISMATCH, detail, Wait.CACHE, tuple(Question(probe) for probe in upon))
    if answer.said in {Said.NO_RELATIONSHIP, Said.NO_COLUMN, Said.SEVERAL}:
        return not_visible(*upon, RootProbe(key.table.schema))
    return not_checkable(f"it cannot be asked for: {answer.words}")


def _is_found(answer: ProbeAnswer, key: Key) -> bool:
    """A 42501 on one of the two tables comes after the relationship was found; a 300 lists what it found."""
    if answer.said is Said.SEVERAL:
        promised = f"{key.foreign_key.name} using {key.table.name}("
        return any(text.startswith(promised) for text in answer.listed)
    named = (key.table.name, key.foreign_key.target.name)
    return answer.said is Said.PRESENT or any(answer.denies(name) for name in named)


def _by_note(evidence: Evidence, relation: Relation, key: Key, root: RootReading) -> Opinion:
    if _is_noted(root, key):
        return confirmed()
    target = key.foreign_key.target
    if target.schema != key.table.schema:
        return not_checkable(
            f"it points at {target}: the Data API follows no key into schema {target.schema}"
        )
    if relation.is_partition:
        return not_checkable("the Data API does not show partitions")
    if key.is_self:
        return not_checkable("a key of several columns into its own table cannot be asked for")
    if isinstance(root, Root):
        why = (
            "the API's root does not note it" if not evidence.is_stale(key.table.schema) else f"run {RELOAD};"
        )
        return not_checkable(f"without a Data API key it cannot be asked for, and {why}")
    return not_checkable(f"the API's root cannot be read: {_why(root)}")


def _is_noted(root: RootReading, key: Key) -> bool:
    """True when the root notes the key on its column (never for several columns; 12.0 not for unique ones)."""
    if len(key.foreign_key.columns) != 1:
        return False
    shown = shown_column(root, key.table.name, key.foreign_key.columns[0])
    noted = shown.foreign_key if shown else None
    return (
        noted is not None
        and noted[0] == key.foreign_key.target.name
        and key.target_column in {None, noted[1]}
    )


def _why(root: RootReading) -> str:
    if isinstance(root, Root):
        return "it lacks the table"
    return root.words if isinstance(root, ProbeAnswer) else root.reason
