"""Functions that run with their owner's rights: whose names they find, and who may call them."""

from collections.abc import Iterator

from supa_deploy.migrations.fold.drafts import FunctionDraft
from supa_deploy.model import Severity
from supa_deploy.rules.doubts import Doubts
from supa_deploy.rules.platform import is_platform_schema
from supa_deploy.rules.sight import Whole
from supa_deploy.rules.values import FoundAt, Rule, Topic

SEARCH_PATH = Rule(
    "definer-search-path",
    Topic.SECURITY,
    Severity.WARNING,
    "A SECURITY DEFINER function without a fixed search_path finds the caller's objects first and runs them with its "
    "owner's rights.",
    "Add `set search_path = ''` to the function and write each name in it with its schema.",
    fixable=True,
)
CALLABLE = Rule(
    "definer-callable-by-anon",
    Topic.SECURITY,
    Severity.WARNING,
    "A SECURITY DEFINER function passes by row-level security, and in an exposed schema PostgreSQL's own grant lets "
    "anybody call it without logging in.",
    "Take the call away with `revoke execute on function … from public, anon` and grant it to who needs it, or make "
    "the function in a schema that the Data API does not show.",
)
RULES = (SEARCH_PATH, CALLABLE)

_NOT_CALLED = frozenset({"trigger", "event_trigger"})
_CHANGES = frozenset(
    {"AlterFunctionStmt", "CreateFunctionStmt", "OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"}
    | {"OBJECT_SCHEMA", "AlterObjectSchemaStmt", "DropOwnedStmt"}
)


def _read(whole: Whole) -> Iterator[FoundAt]:
    doubts = Doubts(whole)
    for draft in whole.state.functions.values():
        function = draft.value
        if not function.security_definer or is_platform_schema(function.name.schema):
            continue
        if doubts.since(function.origin, _CHANGES):
            continue
        file, line = function.origin.file, function.origin.line
        words = f"{function.kind.capitalize()} {function.signature}"
        if "search_path" not in draft.settings:
            message = f"{words} runs with its owner's rights and the caller's search_path."
            yield FoundAt(SEARCH_PATH, file, line, message)
        if function.name.schema not in whole.terms.exposed or function.returns in _NOT_CALLED:
            continue
        who = _caller(draft)
        if who and not doubts.since(function.origin, frozenset({"GrantStmt"})):
            message = (
                f"{words} runs with its owner's rights, and anybody may call it through the Data API ({who})."
            )
            advice = f"revoke execute on {function.kind} {function.signature} from public, anon;"
            yield FoundAt(CALLABLE, file, line, message, advice)


def _caller(draft: FunctionDraft) -> str | None:
    """By which grant anybody may call it; None when nobody may without one of the files' own."""
    granted = [role for role in ("anon", "public") if draft.grants.get(role)]
    if granted:
        return f"granted to {granted[0]}"
    return "PostgreSQL lets everybody call a new function" if draft.value.public_execute else None


WHOLE = (_read,)
