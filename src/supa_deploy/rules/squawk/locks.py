"""Squawk's rules about what holds a table while others need it."""

from collections.abc import Iterator

from supa_deploy.migrations.tree import Node
from supa_deploy.model import Severity
from supa_deploy.rules.sending.apart import refused_in_transaction
from supa_deploy.rules.sight import Sight
from supa_deploy.rules.squawk.mapped import Mapped, danger
from supa_deploy.rules.squawk.subject import Subject, relations_of, touches_only_new
from supa_deploy.rules.values import Found
from supa_deploy.schema import QName

TIMEOUT = "require-lock-timeout"

_LOCKS = frozenset(
    {
        "AlterObjectSchemaStmt",
        "AlterTableStmt",
        "CreateTrigStmt",
        "DropStmt",
        "IndexStmt",
        "ReindexStmt",
        "RenameStmt",
        "TruncateStmt",
    }
)
_TRIGGERS = frozenset({"AT_DisableTrig", "AT_DisableTrigAll", "AT_DisableTrigUser"})


def _contype(subject: Subject) -> str:
    definition = subject.command.child("def") if subject.command is not None else None
    return definition.text("contype") if definition is not None else ""


def _no_check(subject: Subject) -> bool:
    """Keys, unique and exclusion constraints have rules of their own or cannot be NOT VALID."""
    return _contype(subject) != "CONSTR_CHECK"


def _no_unique(subject: Subject) -> bool:
    return _contype(subject) not in {"CONSTR_UNIQUE", ""}


def _new_column(subject: Subject) -> bool:
    """True for a key that comes with its column: every row holds NULL there, nothing is read."""
    command = subject.command
    return command is not None and command.text("subtype") == "AT_AddColumn" and not _filled(command)


def _filled(command: Node) -> bool:
    definition = command.child("def")
    parts = definition.nodes("constraints") if definition is not None else []
    return any(part.text("contype") in {"CONSTR_DEFAULT", "CONSTR_GENERATED"} for part in parts)


def _not_valid(subject: Subject) -> bool:
    definition = subject.tree.child("def")
    return definition is not None and definition.flag("skip_validation")


def _no_trigger(subject: Subject) -> bool:
    """Squawk counts switched-off row-level security in; that is a matter of security here."""
    return subject.command is not None and subject.command.text("subtype") not in _TRIGGERS


def missing_timeout(sight: Sight) -> Iterator[Found]:
    """Squawk names the first statement of the file that needs a lock, and no other: the first one that needs it on a
    table which was there before is told, at the file's end, when it is known what the file makes itself."""
    if TIMEOUT not in sight.told:
        return
    mapped = MAPPED[TIMEOUT]
    own: set[QName] | None = None
    for statement in sight.script.statements:
        if statement.kind == "VariableSetStmt" and statement.tree.text("name") == "lock_timeout":
            return
        if statement.kind not in _LOCKS or refused_in_transaction(statement.tree):
            continue
        relations = relations_of(sight, statement)
        if not relations or touches_only_new(sight, relations):
            continue
        if own is None:
            own = set(_made(sight))
        if not own.issuperset(relations):
            name = ", ".join(map(str, relations))
            yield Found(mapped.rule, statement.start, mapped.says.format(name=name))
            return


def _made(sight: Sight) -> Iterator[QName]:
    """The tables that the file makes, those included that it drops again."""
    for statement in sight.script.statements:
        relation = statement.tree.child("relation")
        if statement.kind == "CreateStmt" and relation is not None:
            yield sight.state.new_name(relation)


MAPPED = {
    TIMEOUT: Mapped(
        danger(
            "no-lock-timeout",
            TIMEOUT,
            "Without lock_timeout a statement that waits for its lock holds up everybody who comes after it.",
            "Begin the file with SET lock_timeout = '4s'; a deploy that fails in time can be repeated.",
        ),
        "This needs a lock on {name} and waits for it without end; all others wait behind it. (Told once a file.)",
    ),
    "require-concurrent-index-creation": Mapped(
        danger(
            "index-without-concurrently",
            "require-concurrent-index-creation",
            "Building an index blocks every write to the table until it is done.",
            "Write CREATE INDEX CONCURRENTLY, alone in a file of its own.",
        ),
        "Writes to {name} wait until this index is built.",
    ),
    "require-concurrent-index-deletion": Mapped(
        danger(
            "drop-index-without-concurrently",
            "require-concurrent-index-deletion",
            "Dropping an index locks its table against reads and writes, and waits for all who use it first.",
            "Write DROP INDEX CONCURRENTLY, alone in a file of its own.",
            Severity.INFO,
        ),
        "Reads and writes of {name} wait for this.",
    ),
    "require-concurrent-reindex": Mapped(
        danger(
            "reindex-without-concurrently",
            "require-concurrent-reindex",
            "REINDEX blocks writes to the table, and reads that would use the index, until it is done.",
            "Write REINDEX TABLE CONCURRENTLY or REINDEX INDEX CONCURRENTLY, alone in a file of its own.",
        ),
        "Writes to {name} wait until its indexes are built anew.",
    ),
    "require-concurrent-partition-detach": Mapped(
        danger(
            "detach-without-concurrently",
            "require-concurrent-partition-detach",
            "Detaching a partition locks the whole partitioned table against reads and writes.",
            "Write ALTER TABLE … DETACH PARTITION … CONCURRENTLY, alone in a file of its own.",
        ),
        "Reads and writes of all of {name} wait for this.",
    ),
    "constraint-missing-not-valid": Mapped(
        danger(
            "check-without-not-valid",
            "constraint-missing-not-valid",
            "Adding a CHECK reads every row of the table while reads and writes wait.",
            "Add it as NOT VALID, and VALIDATE CONSTRAINT in a later file: that lets reads and writes through.",
        ),
        "Every row of {name} is read for this while reads and writes wait.",
        quiet=_no_check,
    ),
    "adding-foreign-key-constraint": Mapped(
        danger(
            "foreign-key-without-not-valid",
            "adding-foreign-key-constraint",
            "Adding a foreign key compares every row while writes to both tables wait.",
            "Add it as NOT VALID, and VALIDATE CONSTRAINT in a later file: that lets reads and writes through.",
        ),
        "Every row of {name} is compared for this while writes to both tables wait.",
        quiet=_new_column,
    ),
    "disallowed-unique-constraint": Mapped(
        danger(
            "unique-without-index",
            "disallowed-unique-constraint",
            "Adding a unique constraint builds its index while reads and writes of the table wait.",
            "CREATE UNIQUE INDEX CONCURRENTLY in a file of its own, then ADD CONSTRAINT … UNIQUE USING INDEX.",
        ),
        "Reads and writes of {name} wait until the constraint's index is built.",
        quiet=_no_unique,
    ),
    "adding-serial-primary-key-field": Mapped(
        danger(
            "primary-key-without-index",
            "adding-serial-primary-key-field",
            "Adding a primary key builds its index, and may rewrite the table, while reads and writes wait.",
            "CREATE UNIQUE INDEX CONCURRENTLY in a file of its own, then ADD CONSTRAINT … PRIMARY KEY USING INDEX.",
        ),
        "Reads and writes of {name} wait until the key's index is built.",
    ),
    "ban-alter-domain-with-add-constraint": Mapped(
        danger(
            "domain-constraint",
            "ban-alter-domain-with-add-constraint",
            "A constraint for a domain is checked against every row of every table that uses the domain, under a lock.",
            "Add it as NOT VALID, and ALTER DOMAIN … VALIDATE CONSTRAINT in a later file.",
        ),
        "Every row of every table that uses {name} is read for this while writes wait.",
        quiet=_not_valid,
    ),
    "ban-disable-trigger": Mapped(
        danger(
            "disable-trigger",
            "ban-disable-trigger",
            "While triggers are off, rows get in that they would have checked, filled or told others about.",
            "Leave triggers on, or switch them on again in the same file.",
        ),
        "Rows that get into {name} from now on pass its triggers by.",
        quiet=_no_trigger,
        opt_in=True,
    ),
}
