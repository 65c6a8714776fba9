"""The rules about what the Supabase CLI does to files, as values."""

from supa_deploy.model import Severity
from supa_deploy.rules.values import Rule, Topic


def _rule(rule: str, severity: Severity, why: str, fix: str) -> Rule:
    return Rule(rule, Topic.SENDING, severity, why, fix)


COMMIT_INSIDE = _rule(
    "commit-inside",
    Severity.ERROR,
    "The CLI runs a file as one transaction: a BEGIN without COMMIT, or a ROLLBACK, loses work that it calls done.",
    "Take BEGIN, COMMIT and ROLLBACK out: the Supabase CLI runs each file as one transaction.",
)
OWN_TRANSACTION = _rule(
    "own-transaction",
    Severity.WARNING,
    "A file that commits by itself is done before the history says so: two deploys at once both run it.",
    "Leave BEGIN and COMMIT out: the Supabase CLI runs each file as one transaction anyway.",
)
WITH_OTHERS = _rule(
    "concurrently-with-others",
    Severity.WARNING,
    "The CLI runs CONCURRENTLY, VACUUM and their like apart: a failure leaves part of the file (2.99 refuses it).",
    "Put the statement alone into a file of its own.",
)
NOT_IN_TRANSACTION = _rule(
    "not-in-transaction",
    Severity.ERROR,
    "PostgreSQL refuses the statement inside a transaction (SQLSTATE 25001), and here it would run in one.",
    "Put the statement alone into a file of its own, without BEGIN.",
)
LOCK_TABLE = _rule(
    "lock-table",
    Severity.ERROR,
    "LOCK TABLE needs an explicit transaction block (SQLSTATE 25P01); the one that the CLI puts around a file is none.",
    "Write BEGIN before it and COMMIT after what it protects, or leave the lock to the statements that need it.",
)
NEEDS_BEGIN = _rule(
    "needs-begin",
    Severity.ERROR,
    "Savepoints and cursors without HOLD need an explicit transaction block (SQLSTATE 25P01); the CLI's is none.",
    "Leave it out, or write it in a DO block (an EXCEPTION clause is a savepoint), or put BEGIN and COMMIT around.",
)
SET_LOCAL = _rule(
    "set-local",
    Severity.INFO,
    "SET LOCAL holds until the file's transaction ends: at its end, at a COMMIT, or where the CLI cuts the file.",
    "Write SET: the CLI resets every setting before the next file.",
)
ROLE_LEFT = _rule(
    "role-left",
    Severity.ERROR,
    "The CLI records the file as the role that the file leaves behind, which may not write the history (42501).",
    "End the file with RESET ROLE.",
)
SESSION_AUTHORIZATION = _rule(
    "session-authorization",
    Severity.ERROR,
    "Only a superuser may change the session's user, and migrations do not run as one (SQLSTATE 42501).",
    "Use SET ROLE, and RESET ROLE at the end of the file.",
)
ENUM_VALUE_USED = _rule(
    "enum-value-used",
    Severity.ERROR,
    "A value that ALTER TYPE … ADD VALUE makes cannot be used in the same transaction (SQLSTATE 55P04).",
    "Add the value in a file of its own, before the file that uses it.",
)
COPY_FROM_STDIN = _rule(
    "copy-from-stdin",
    Severity.ERROR,
    "COPY … FROM STDIN waits for rows that the CLI never sends: the file is refused (08P01, or a syntax error).",
    "Write INSERT … VALUES (pg_dump --inserts does), or load the rows with psql.",
)
PSQL_COMMAND = _rule(
    "psql-command",
    Severity.ERROR,
    "Lines that begin with a backslash are commands to psql; the server refuses them as a syntax error.",
    "Take the line out; from a dump of pg_dump too (\\restrict, \\unrestrict, \\connect).",
)
EMPTY_FILE = _rule(
    "empty-file",
    Severity.WARNING,
    "A file without a statement is recorded as applied, and what is written into it later is never sent.",
    "Delete the file, or write into it what it is for.",
)
PLATFORM_SCHEMA = _rule(
    "platform-schema",
    Severity.WARNING,
    "Supabase's own schemas (auth, storage, realtime, …) refuse such changes on hosted projects, or lose them later.",
    "Make it in a schema of your own; policies and triggers on Supabase's tables are fine.",
)
SWITCHED_OFF = _rule(
    "transaction-switched-off",
    Severity.WARNING,
    "The comment switches the file's transaction off: a failure leaves behind what ran before it, unrecorded.",
    "Take the comment out, and put what cannot run in a transaction into a file of its own.",
)
COMMIT_IN_BLOCK = _rule(
    "commit-in-block",
    Severity.WARNING,
    "A COMMIT in a DO block ends the file's transaction: a failure after it leaves behind what ran before, unrecorded.",
    "Take COMMIT out of the block, or make it the file's only statement.",
)
ALTER_SYSTEM = _rule(
    "alter-system",
    Severity.WARNING,
    "Hosted projects do not let migrations change the server's settings.",
    "Write ALTER ROLE … SET or ALTER DATABASE … SET, or use `supabase postgres-config update`.",
)
BYTE_ORDER_MARK = _rule(
    "byte-order-mark",
    Severity.WARNING,
    "Supabase CLI 2.99 and older send a byte order mark along, and the server refuses it.",
    "Save it as UTF-8 without a byte order mark.",
)
NOT_UTF8 = _rule(
    "not-utf8",
    Severity.ERROR,
    "Newer CLIs apply U+FFFD in place of bytes that are not UTF-8, and call it a success; older ones refuse the file.",
    "Save the file as UTF-8.",
)
UNREADABLE = _rule(
    "unreadable-file",
    Severity.ERROR,
    "A file that cannot be read cannot be sent.",
    "Give this user the right to read it.",
)
RULES: tuple[Rule, ...] = (
    COMMIT_INSIDE,
    OWN_TRANSACTION,
    WITH_OTHERS,
    NOT_IN_TRANSACTION,
    LOCK_TABLE,
    NEEDS_BEGIN,
    SET_LOCAL,
    ROLE_LEFT,
    SESSION_AUTHORIZATION,
    ENUM_VALUE_USED,
    COPY_FROM_STDIN,
    PSQL_COMMAND,
    EMPTY_FILE,
    PLATFORM_SCHEMA,
    SWITCHED_OFF,
    COMMIT_IN_BLOCK,
    ALTER_SYSTEM,
    BYTE_ORDER_MARK,
    NOT_UTF8,
    UNREADABLE,
)
