"""Which of squawk's rules become rules of ours, and why the others do not."""

from supa_deploy.model import Severity
from supa_deploy.rules.squawk import drops, locks, types
from supa_deploy.rules.squawk.mapped import Mapped
from supa_deploy.rules.squawk.words import SYNTAX, Wishes
from supa_deploy.rules.values import Rule, Topic

NOT_READ = Rule(
    "not-read-by-squawk",
    Topic.DANGER,
    Severity.INFO,
    "Squawk's parser does not know everything that PostgreSQL's does, and applies no rule to a file it cannot read.",
    "Look at the file's drops, locks and type changes yourself; the rules that are not squawk's were applied.",
    origin=SYNTAX,
)
MAPPED: dict[str, Mapped] = {
    **drops.MAPPED,
    **locks.MAPPED,
    **types.MAPPED,
    SYNTAX: Mapped(
        NOT_READ,
        "Squawk cannot read this statement, so its rules were not applied to this file.",
        on_new=True,
    ),
}

_TWICE = "the rules about what runs twice know the files before"
_CLI = "the rules about what the CLI does to files know what it really does"
_OPINION = "forbids what is no danger"
DROPPED: dict[str, str] = {
    "prefer-robust-stmts": _TWICE,
    "transaction-nesting": _CLI,
    "ban-uncommitted-transaction": _CLI,
    "ban-concurrent-index-creation-in-transaction": _CLI,
    "ban-alter-system-options": _CLI,
    "unused-ignore": "about squawk's own comments, and told only where its settings ask for it",
    "require-statement-timeout": "Supabase gives its roles one, and a deploy has a deadline",
    "require-timeout-settings": "the older name of the two rules about timeouts together",
    "prefer-repack": "REPACK comes with PostgreSQL 19; VACUUM FULL and CLUSTER have a rule of ours",
    "prefer-bigint-over-smallint": _OPINION,
    "ban-create-domain-with-constraint": _OPINION,
    "require-enum-value-ordering": _OPINION,
    "require-table-schema": _OPINION,
    "ban-alter-identity": _OPINION,
    "ban-drop-generated-expression": _OPINION,
    "ban-alter-generated-expression": "what rewrites there is told as a type change or a new column",
    "ban-drop-index": _OPINION,
    "ban-set-default": _OPINION,
    "ban-replica-identity": "a rule of ours tells what takes tables out of a publication",
    "ban-drop-policy": "the rules about security read policies",
    "ban-drop-trigger": _OPINION,
    "ban-revoke": "the rules about security read grants",
    "ban-replace-view-function": _OPINION,
    "ban-alter-policy-condition": "the rules about security read policies",
    "ban-alter-policy-roles": "the rules about security read policies",
    "ban-create-policy": "the rules about security read policies",
    "ban-alter-function-options": _OPINION,
    "ban-alter-view-options": _OPINION,
    "ban-alter-role-options": _OPINION,
    "ban-alter-database-options": _OPINION,
    "ban-alter-row-level-security": "the rules about security read it",
    "ban-new-write-restriction": "says again what the rules about constraints say",
    "ban-add-enum-value": _OPINION,
    "ban-add-composite-attribute": _OPINION,
    "ban-add-column": _OPINION,
    "ban-detach-inheritance": "the rule about partitions says it where it matters",
    "ban-alter-sequence-values": _OPINION,
    "ban-alter-extension": _OPINION,
}
"""Every other rule of the pinned squawk, with the reason why it is not one of ours."""

_NO_FLAG = frozenset({"unused-ignore", "require-timeout-settings"})
"""The first is no name for a flag; the second would exclude `require-lock-timeout` too."""
WISHES = Wishes(
    include=tuple(name for name, mapped in MAPPED.items() if mapped.opt_in),
    exclude=tuple(name for name in DROPPED if name not in _NO_FLAG),
)
RULES: tuple[Rule, ...] = tuple(mapped.rule for mapped in MAPPED.values())
