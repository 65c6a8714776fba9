"""The second look, as the role that visitors have: finds policies that break only there."""

from supa_deploy.model import Verdict
from supa_deploy.postgrest import ProbeAnswer, Said
from supa_deploy.postgrest.probes import RelationProbe
from supa_deploy.schema import Policy
from supa_deploy.verify.evidence import Evidence, Opinion
from supa_deploy.verify.relations import Relation, judge_relation
from supa_deploy.verify.words import not_checkable

_FOR_VISITORS = frozenset({"anon", "public"})
_FOR_READING = frozenset({"ALL", "SELECT"})


def judge_policies(evidence: Evidence, relation: Relation, reason: str) -> Opinion | None:
    """Can visitors read the table at all without an error of its policies? An answer, or a plain refusal of the
    table itself (it may be private on purpose), says nothing about any policy."""
    if not evidence.has_visitor:
        return not_checkable(reason)
    look = judge_relation(evidence, relation)
    if look is None:
        return None
    if look.verdict is not Verdict.CONFIRMED or relation.is_partition:
        return not_checkable(reason)
    answer = evidence.of(RelationProbe(relation.name), as_visitor=True)
    if answer is None:
        return None
    if not _is_broken(answer, relation):
        return not_checkable(reason)
    return Opinion(Verdict.MISMATCH, f"visitors (anon) cannot read {relation.name}: {answer.words}")


def concerns_visitors(policy: Policy) -> bool:
    """True for a policy that a visitor's SELECT runs into."""
    roles = {role.lower() for role in policy.roles} or {"public"}
    return policy.command.upper() in _FOR_READING and bool(roles & _FOR_VISITORS)


def _is_broken(answer: ProbeAnswer, relation: Relation) -> bool:
    if answer.said is Said.DENIED:
        return answer.denied_name not in {None, relation.name.name} and answer.denied_kind != "schema"
    return answer.code == "42P17" or answer.said in {Said.NO_COLUMN, Said.FUNCTION_GONE}
