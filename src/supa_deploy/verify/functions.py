"""Judges functions, by the root or by a GET that PostgreSQL refuses before it could run anything."""

from supa_deploy.model import Verdict
from supa_deploy.postgrest import ProbeAnswer, Root, RootReading, Said
from supa_deploy.postgrest.probes import FunctionProbe, RootProbe
from supa_deploy.schema import Argument, Function
from supa_deploy.verify.evidence import Evidence, Opinion
from supa_deploy.verify.words import confirmed, no_answer, not_checkable, not_exposed, not_visible

_INPUTS = frozenset({"in", "inout", "variadic"})


def judge_function(  # noqa: PLR0911  # one return for each thing the API can say
    evidence: Evidence, function: Function, has_overloads: bool
) -> Opinion | None:
    """Is there a function of this name that takes these arguments?"""
    if function.kind != "function":
        return not_checkable(f"the Data API does not show {function.kind}s")
    if function.returns in {"trigger", "event_trigger"}:
        return not_checkable("the Data API does not show trigger functions")
    root = evidence.root(function.name.schema)
    if root is None:
        return None
    if isinstance(root, ProbeAnswer):
        return (
            not_exposed(function.name.schema)
            if root.said is Said.NOT_EXPOSED
            else no_answer(root, _root(function))
        )
    if not has_overloads and _is_listed(root, function):
        return confirmed()
    probe = probe_of(function)
    if probe is None:
        return not_checkable("its arguments cannot be named in a request")
    answer = evidence.of(probe)
    return None if answer is None else _by_probe(answer, function, probe, root)


def probe_of(function: Function) -> FunctionProbe | None:
    """The question for a function; None when an argument has no name or a reserved one."""
    required = [argument for argument in _inputs(function) if not argument.has_default]
    names = tuple(argument.name for argument in required if argument.name)
    probe = FunctionProbe(function.name, names)
    return probe if len(names) == len(required) and probe.can_be_asked else None


def _by_probe(  # noqa: PLR0911  # one return for each thing the API can say
    answer: ProbeAnswer, function: Function, probe: FunctionProbe, root: RootReading
) -> Opinion:
    if answer.said is Said.NO_COLUMN:
        return confirmed()  # the function was found, the guard column was not
    if answer.said is Said.SEVERAL:
        signature = ", ".join(f"{each.name} => {each.type}" for each in _inputs(function))
        if any(f"{function.name}({signature})" in text for text in answer.listed):
            return confirmed()
        return not_checkable("the API cannot tell its overloads apart")
    if answer.said is Said.FUNCTION_GONE:
        return Opinion(Verdict.MISSING, f"function {function.signature} does not exist")
    if answer.said is Said.NOT_EXPOSED:
        return not_exposed(function.name.schema)
    if answer.said is Said.NO_FUNCTION:
        return not_visible(probe, _root(function))
    if answer.said in {Said.UNAVAILABLE, Said.REFUSED}:
        return no_answer(answer, probe)
    if answer.said is Said.NOT_ASKED and isinstance(root, Root):
        return not_visible(_root(function))
    return not_checkable(f"it cannot be asked for: {answer.words}")


def _is_listed(root: RootReading, function: Function) -> bool:
    shown = root.functions.get(function.name.name) if isinstance(root, Root) else None
    inputs = _inputs(function)
    if shown is None or not all(argument.name for argument in inputs):
        return False
    return shown.parameters == {argument.name for argument in inputs} and shown.required == {
        argument.name for argument in inputs if not argument.has_default
    }


def _inputs(function: Function) -> list[Argument]:
    return [argument for argument in function.arguments if argument.mode in _INPUTS]


def _root(function: Function) -> RootProbe:
    return RootProbe(function.name.schema)
