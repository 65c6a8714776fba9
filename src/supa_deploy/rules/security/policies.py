"""Policies: open to all for writing, for a role that needs none, and slow for what they call."""

from collections.abc import Iterator
from functools import lru_cache

from supa_deploy.migrations.expressions import expression
from supa_deploy.migrations.fold.drafts import TableDraft
from supa_deploy.migrations.tree import Node
from supa_deploy.model import Severity
from supa_deploy.rules.doubts import RELATION_GONE, Doubts
from supa_deploy.rules.security.conditions import is_session_call, repeated_calls, truth
from supa_deploy.rules.sight import Whole
from supa_deploy.rules.values import FoundAt, Rule, Topic
from supa_deploy.schema import Policy

OPEN_WRITE = Rule(
    "policy-open-write",
    Topic.SECURITY,
    Severity.WARNING,
    "A policy for writing whose condition is always true lets each user of its roles write other people's rows.",
    "Say whose rows may be written, such as `(select auth.uid()) = user_id`; where all may write, write down why.",
)
SERVICE_ROLE = Rule(
    "policy-for-service-role",
    Topic.SECURITY,
    Severity.INFO,
    "The role service_role passes by row-level security, so a policy for it changes nothing.",
    "Take the policy away; what service_role may do is said by grants alone.",
)
PER_ROW = Rule(
    "policy-auth-per-row",
    Topic.SECURITY,
    Severity.WARNING,
    "PostgreSQL runs a call such as `auth.uid()` in a policy once for every row it looks at: slow on large tables.",
    "Put the call into a subselect, `(select auth.uid())`: it runs once for the whole query.",
    fixable=True,
)
RULES = (OPEN_WRITE, SERVICE_ROLE, PER_ROW)

_WRITING = frozenset({"ALL", "INSERT", "UPDATE", "DELETE"})
_OPEN_ROLES = frozenset({"anon", "authenticated", "public"})
_CHANGES = frozenset({"OBJECT_POLICY", "AlterPolicyStmt", "CreatePolicyStmt"}) | RELATION_GONE


def _read(whole: Whole) -> Iterator[FoundAt]:
    doubts = Doubts(whole)
    for table in whole.state.tables.values():
        for policy in table.policies.values():
            if not doubts.since(policy.origin, _CHANGES, table.name):
                yield from _judge(table, policy)


def _judge(table: TableDraft, policy: Policy) -> Iterator[FoundAt]:
    using = expression(policy.using) if policy.using is not None else None
    check = expression(policy.check) if policy.check is not None else None
    file, line = policy.origin.file, policy.origin.line
    name = f'Policy "{policy.name}" on {table.name}'
    what = _open(policy, using, check)
    if what and not _narrowed(table, policy):
        roles = " and ".join(sorted(_OPEN_ROLES.intersection(policy.roles)))
        yield FoundAt(OPEN_WRITE, file, line, f"{name} lets {roles} {what}: its condition is always true.")
    if set(policy.roles) == {"service_role"}:
        yield FoundAt(SERVICE_ROLE, file, line, f"{name} is for service_role, which needs no policy.")
    elif policy.permissive and _asks_for_service_role(policy, using if using is not None else check):
        yield FoundAt(
            SERVICE_ROLE, file, line, f"{name} lets only service_role through, which needs no policy."
        )
    calls = dict.fromkeys((*_calls(policy.using), *_calls(policy.check)))
    if calls and not (table.rls is None and not table.assumed):
        called = ", ".join(f"{call}()" for call in calls)
        yield FoundAt(PER_ROW, file, line, f"{name} calls {called} again for every row.", _wrapped(calls))


@lru_cache(maxsize=4096)
def _calls(condition: str | None) -> tuple[str, ...]:
    """The calls that every row repeats. Policies repeat the same few conditions."""
    if condition is None:
        return ()
    return tuple(".".join(call.strings("funcname")) for call in repeated_calls(expression(condition)))


def _wrapped(calls: dict[str, None]) -> str:
    arguments = {call: "…" if call.endswith("current_setting") else "" for call in calls}
    return "Write " + ", ".join(f"`(select {call}({text}))`" for call, text in arguments.items()) + "."


def _open(policy: Policy, using: Node | None, check: Node | None) -> str | None:
    """What anybody may do, in words; None when the policy says who."""
    if not policy.permissive or policy.command not in _WRITING or not _OPEN_ROLES.intersection(policy.roles):
        return None
    all_rows, all_values = truth(using) is True, truth(check) is True
    if policy.command == "INSERT":
        return "add any row" if all_values else None
    if policy.command == "DELETE":
        return "delete any row" if all_rows else None
    if all_rows:
        return "write any row"
    if policy.command == "ALL":
        return "add any row" if all_values else None
    return "change its own rows into anybody's" if all_values and using is not None else None


def _narrowed(table: TableDraft, policy: Policy) -> bool:
    """True when a restrictive policy says who, for the same roles and command."""
    for other in table.policies.values():
        same = other.command in {"ALL", policy.command}
        covers = "public" in other.roles or set(policy.roles) <= set(other.roles)
        if not other.permissive and same and covers and _narrows(other, policy.command):
            return True
    return False


def _narrows(policy: Policy, command: str) -> bool:
    """True when none of the conditions that count for the command is always true."""
    check = policy.check if policy.check is not None else policy.using
    conditions = {"INSERT": (check,), "DELETE": (policy.using,)}.get(command, (policy.using, check))
    return all(text is not None and truth(expression(text)) is not True for text in conditions)


def _asks_for_service_role(policy: Policy, condition: Node | None) -> bool:
    """`auth.role() = 'service_role'` and nothing else."""
    if "service_role" not in (policy.using or policy.check or ""):
        return False  # the trees of most policies need no walk
    if condition is None or condition.kind != "A_Expr" or condition.strings("name") != ("=",):
        return False
    called = written = False
    for side in (condition.child("lexpr"), condition.child("rexpr")):
        for node in side.walk() if side is not None else ():
            called = called or (is_session_call(node) and node.strings("funcname")[-1] == "role")
            value = node.child("sval") if node.kind == "A_Const" else None
            written = written or (value is not None and value.text("sval") == "service_role")
    return called and written


WHOLE = (_read,)
