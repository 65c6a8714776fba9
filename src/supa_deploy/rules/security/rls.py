"""Row-level security: switched on for every table that the Data API shows, and with policies."""

from collections.abc import Iterator

from supa_deploy.migrations.fold.drafts import TableDraft
from supa_deploy.model import Claim, Severity
from supa_deploy.rules.doubts import RELATION_GONE, Doubts
from supa_deploy.rules.platform import is_platform_schema
from supa_deploy.rules.sight import Whole
from supa_deploy.rules.values import FoundAt, Rule, Topic
from supa_deploy.schema import Origin, RelationKind

NO_RLS = Rule(
    "no-rls",
    Topic.SECURITY,
    Severity.WARNING,
    "Without row-level security, whoever has a grant on a table in an exposed schema reads and writes all of its rows.",
    "Switch it on with `alter table … enable row level security` and say in policies who may see which rows.",
    claim=Claim.RLS,
)
DISABLED = Rule(
    "rls-disabled",
    Topic.SECURITY,
    Severity.WARNING,
    "Row-level security is switched off, so policies do nothing and all rows are open to whoever has a grant.",
    "Leave row-level security on, and write a policy for what it stood in the way of.",
    claim=Claim.RLS,
)
FOREIGN = Rule(
    "foreign-table-exposed",
    Topic.SECURITY,
    Severity.WARNING,
    "Foreign tables know no row-level security, so one in an exposed schema is open to whoever has a grant on it.",
    "Make it in a schema that is not exposed, and read it through a function or a view that checks who asks.",
    claim=Claim.RLS,
)
NO_POLICY = Rule(
    "rls-without-policy",
    Topic.SECURITY,
    Severity.INFO,
    "With row-level security on and no policy, no role but service_role and the owner sees a row.",
    "Write a policy for each role that should see rows, or leave it so for tables that only the service reads.",
)
POLICY_WITHOUT_RLS = Rule(
    "policy-without-rls",
    Topic.SECURITY,
    Severity.WARNING,
    "A policy on a table whose row-level security is off does nothing, though it reads as if the table were protected.",
    "Add `alter table … enable row level security`.",
    claim=Claim.RLS,
)
RULES = (NO_RLS, DISABLED, FOREIGN, NO_POLICY, POLICY_WITHOUT_RLS)

_SWITCHES_ON = frozenset({"AT_EnableRowSecurity"}) | RELATION_GONE
_SWITCHES_OFF = frozenset({"AT_DisableRowSecurity"}) | RELATION_GONE
_MAKES_POLICIES = frozenset({"CreatePolicyStmt"}) | RELATION_GONE
_DROPS_POLICIES = frozenset({"OBJECT_POLICY"})


def _read(whole: Whole) -> Iterator[FoundAt]:
    doubts = Doubts(whole)
    automatic = _automatic(whole)
    for table in whole.state.tables.values():
        if is_platform_schema(table.name.schema):
            continue
        exposed = table.name.schema in whole.terms.exposed
        if table.kind is RelationKind.FOREIGN:
            if exposed and not doubts.since(table.origin, RELATION_GONE, table.name):
                message = (
                    f"Foreign table {table.name} is in an exposed schema and cannot have row-level security."
                )
                yield FoundAt(FOREIGN, table.origin.file, table.origin.line, message)
        elif table.rls is not None:
            yield from _without_policy(table, doubts)
        elif table.rls_off is not None or not table.assumed:
            if automatic is not None and doubts.place(table.origin) >= doubts.place(automatic):
                continue
            yield from _without_rls(whole, table, doubts, exposed=exposed)


def _without_rls(whole: Whole, table: TableDraft, doubts: Doubts, *, exposed: bool) -> Iterator[FoundAt]:
    origin = table.rls_off or table.origin
    if doubts.since(origin, _SWITCHES_ON, table.name):
        return
    advice = f"alter table {whole.state.quoted(table.name)} enable row level security;"
    if table.rls_off is not None and (exposed or table.policies):
        message = f"Row-level security of {table.name} is switched off here and never on again."
        yield FoundAt(DISABLED, origin.file, origin.line, message)
    elif exposed:
        kind = "Partition" if table.kind is RelationKind.PARTITION else "Table"
        own = ", whatever its parent's policies say" if table.parents else ""
        message = f"{kind} {table.name} is in an exposed schema and row-level security is off{own}."
        yield FoundAt(NO_RLS, origin.file, origin.line, message, advice)
    for policy in list(table.policies.values())[:1]:
        if not doubts.since(policy.origin, _DROPS_POLICIES, table.name):
            words = f'Policy "{policy.name}" does nothing: row-level security of {table.name} is off.'
            yield FoundAt(POLICY_WITHOUT_RLS, policy.origin.file, policy.origin.line, words, advice)


def _without_policy(table: TableDraft, doubts: Doubts) -> Iterator[FoundAt]:
    """Partitions and children are read through the parent, whose policies count there."""
    origin = table.rls
    if table.policies or table.assumed or table.parents or origin is None:
        return
    if not doubts.since(table.origin, _MAKES_POLICIES | _SWITCHES_OFF, table.name):
        message = (
            f"Row-level security of {table.name} is on and it has no policy: only service_role sees its rows."
        )
        yield FoundAt(NO_POLICY, origin.file, origin.line, message)


def _automatic(whole: Whole) -> Origin | None:
    """An event trigger's function that changes the schema: it may switch row-level security on for new tables."""
    for draft in whole.state.functions.values():
        if draft.value.returns == "event_trigger" and draft.changes_schema:
            return draft.value.origin
    return None


WHOLE = (_read,)
