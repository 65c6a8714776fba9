"""Functions, procedures and aggregates: CREATE [OR REPLACE], overloads, and how they are found again."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from supa_deploy.migrations.bodies import body_of
from supa_deploy.migrations.fold.drafts import FunctionDraft
from supa_deploy.migrations.fold.grants import apply_defaults, public_by_default
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.sqltypes import TypeText
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import Argument, Function, QName

_MODES = {
    "FUNC_PARAM_OUT": "out",
    "FUNC_PARAM_INOUT": "inout",
    "FUNC_PARAM_VARIADIC": "variadic",
    "FUNC_PARAM_TABLE": "table",
}
_INPUTS = frozenset({"in", "inout", "variadic"})
_CHANGES_SCHEMA = re.compile(r"\b(?:execute|create|alter|drop|grant|revoke|comment|rename)\b", re.IGNORECASE)


def create_function(state: State, node: Node) -> None:
    """CREATE FUNCTION or CREATE PROCEDURE; OR REPLACE keeps what was granted."""
    parameters = node.nodes("parameters")
    types = [state.type_text(parameter.child("argType"), modifiers=False) for parameter in parameters]
    arguments = tuple(
        Argument(
            name=parameter.text("name") or None,
            type=text.text,
            mode=_MODES.get(parameter.text("mode"), "in"),
            has_default=parameter.has("defexpr"),
        )
        for parameter, text in zip(parameters, types, strict=True)
    )
    procedure = node.flag("is_procedure")
    returned, returns = _returns(state, node, arguments)
    language, definer = _options(node)
    value = Function(
        name=state.new_parts(node.strings("funcname")),
        arguments=arguments,
        returns=None if procedure else returns,
        origin=state.origin,
        kind="procedure" if procedure else "function",
        language=language or "sql",
        security_definer=definer,
    )
    uses = frozenset(text.own for text in (*types, returned) if text.own is not None)
    body = body_of(state.script.source, state.statement) if state.statement.tree is node else None
    changes = body is not None and _CHANGES_SCHEMA.search(body.text) is not None
    _put(state, FunctionDraft(value, uses, changes, settings=_settings(frozenset(), node.nodes("options"))))


def _put(state: State, draft: FunctionDraft) -> None:
    key = draft.value.signature
    before = state.functions.take(key)
    if before is not None:
        draft.grants = before.grants
        draft.value = replace(draft.value, public_execute=before.value.public_execute)
    else:
        draft.value = replace(draft.value, public_execute=public_by_default(state))
        apply_defaults(state, draft.grants, draft.value.name.schema, "OBJECT_FUNCTION")
    state.functions[key] = draft


def _returns(state: State, node: Node, arguments: tuple[Argument, ...]) -> tuple[TypeText, str]:
    """The type returned: as a value, and in the words of the catalog (`TABLE(a integer)`, `SETOF text`)."""
    written = node.child("returnType")
    if written is None:
        out = [argument for argument in arguments if argument.mode in {"out", "inout"}]
        text = out[0].type if len(out) == 1 else ("record" if out else "void")
        return TypeText(text), text
    returned = state.type_text(written, modifiers=False)
    table = [argument for argument in arguments if argument.mode == "table"]
    if table:
        fields = ", ".join(f"{argument.name} {argument.type}" for argument in table)
        return returned, f"TABLE({fields})"
    return returned, f"SETOF {returned.text}" if written.flag("setof") else returned.text


def _options(node: Node) -> tuple[str | None, bool]:
    language, definer = None, False
    for option in node.nodes("options"):
        argument = option.child("arg")
        if argument is None:
            continue
        if option.text("defname") == "language":
            language = argument.text("sval").lower()
        elif option.text("defname") == "security":
            definer = argument.flag("boolval")
    return language, definer


def alter_function(state: State, node: Node) -> None:
    """ALTER FUNCTION: SECURITY, and what is SET for its calls."""
    reference = node.child("func")
    for action in node.nodes("actions"):
        argument = action.child("arg")
        if reference is not None and argument is not None and action.text("defname") == "security":
            for draft in find_functions(state, reference):
                draft.value = replace(draft.value, security_definer=argument.flag("boolval"))
    for draft in find_functions(state, reference) if reference is not None else ():
        draft.settings = _settings(draft.settings, node.nodes("actions"))


def _settings(before: frozenset[str], options: Iterable[Node]) -> frozenset[str]:
    """The settings that are fixed for a function's calls, after these options."""
    found = set(before)
    for option in options:
        setting = option.child("arg")
        if setting is None or option.text("defname") != "set":
            continue
        if setting.text("kind") in {"VAR_SET_VALUE", "VAR_SET_CURRENT"}:
            found.add(setting.text("name"))
        elif setting.text("kind") == "VAR_RESET_ALL":
            found.clear()
        else:
            found.discard(setting.text("name"))
    return frozenset(found)


def create_aggregate(state: State, node: Node) -> None:
    """CREATE AGGREGATE; other kinds of DefineStmt (operators, text search, …) are not among the promises."""
    if node.text("kind") != "OBJECT_AGGREGATE":
        return
    groups = node.nodes("args")
    parameters = groups[0].nodes("items") if groups and groups[0].kind == "List" else []
    arguments = tuple(
        Argument(p.text("name") or None, state.type_text(p.child("argType"), modifiers=False).text)
        for p in parameters
    )
    returns = None
    for definition in node.nodes("definition"):
        if definition.text("defname") == "stype":
            returns = state.type_text(definition.child("arg"), modifiers=False).text
    name = state.new_parts(node.strings("defnames"))
    _put(state, FunctionDraft(Function(name, arguments, returns, state.origin, kind="aggregate")))


def find_functions(state: State, reference: Node) -> list[FunctionDraft]:
    """The functions that an ObjectWithArgs means: one overload, or all of a name when it lists no arguments."""
    parts = reference.strings("objname")
    candidates = list(_named(state, parts))
    if reference.flag("args_unspecified"):
        return candidates
    wanted = tuple(state.type_text(argument, modifiers=False).text for argument in reference.nodes("objargs"))
    exact = [draft for draft in candidates if _inputs(draft.value) == wanted]
    if exact:
        return exact
    every = tuple(
        state.type_text(p.child("argType"), modifiers=False).text for p in reference.nodes("objfuncargs")
    )
    return [draft for draft in candidates if tuple(a.type for a in draft.value.arguments) == every]


def _inputs(function: Function) -> tuple[str, ...]:
    return tuple(argument.type for argument in function.arguments if argument.mode in _INPUTS)


def _named(state: State, parts: tuple[str, ...]) -> Iterator[FunctionDraft]:
    schemas = (parts[-2],) if len(parts) > 1 else state.search_path
    for schema in schemas:
        name = QName(schema, parts[-1])
        found = list(state.functions.named(name))
        yield from found
        if found:
            return


def function_name(state: State, parts: tuple[str, ...]) -> QName:
    """The name of a function that is referred to; when the files make none, where it would be made."""
    for draft in _named(state, parts):
        return draft.value.name
    return state.new_parts(parts)
