"""Judges functions, by the root or by a GET that PostgreSQL refuses before it could run anything."""

from supa_deploy.model import Verdict
from supa_deploy.postgrest import ProbeAnswer, Root, RootReading, Said
from supa_deploy.postgrest.probes import FunctionProbe, RootProbe
from supa_deploy.schema import Argument, Function
from supa_deploy.verify.evidence import Evidence, Opinion
from supa_deploy.verify.words import confirmed, no_answer, not_checkable, not_exposed, not_visible

_INPUTS = frozenset({"in", "inout", "variadic"})


def judge_function(  # noqa: PLR0911  # one return for each thing the API can say
    evidence: Evidence, function: Function, overloads: tuple[Function, ...]
) -> Opinion | None:
    """Is there a function of this name that takes these arguments? `overloads` are the others of its name."""
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
    if not overloads and _is_listed(root, function):
        return confirmed()
    probe = probe_of(function)
    if probe is None:
        return not_checkable("its arguments cannot be named in a request")
    answer = evidence.of(probe)
    if answer is None:
        return None
    if answer.said is Said.NO_COLUMN:  # a function was found, the guard column was not
        return _found(root, function, overloads)
    return _not_found(answer, function, probe, root)


def probe_of(function: Function) -> FunctionProbe | None:
    """The question for a function, all its arguments named; None when one cannot be."""
    inputs = _inputs(function)
    names = tuple(argument.name for argument in inputs if argument.name)
    probe = FunctionProbe(function.name, names)
    return probe if len(names) == len(inputs) and probe.can_be_asked else None


def _found(root: RootReading, function: Function, overloads: tuple[Function, ...]) -> Opinion:
    if any(_accepts(other, function) for other in overloads):
        return not_checkable("another overload answers to the same arguments")
    if not overloads and isinstance(root, Root) and function.name.name in root.functions:
        return not_checkable(
            "a function of this name answers to its arguments, but the API shows it with others"
        )
    return confirmed()


def _not_found(  # noqa: PLR0911  # one return for each thing the API can say
    answer: ProbeAnswer, function: Function, probe: FunctionProbe, root: RootReading
) -> Opinion:
    if answer.said is Said.SEVERAL:
        signature = ", ".join(f"{each.name} => {each.type}" for each in _inputs(function))
        if any(f"{function.name}({signature})" in text for text in answer.listed):
            return confirmed()
        return not_checkable("the API cannot tell its overloads apart")
    if answer.said is Said.FUNCTION_GONE:
        return Opinion(Verdict.MISSING, f"function {function.signature} does not exist")
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


def _accepts(other: Function, function: Function) -> bool:
    """True when a call with all arguments of `function` may be one of `other` as well."""
    given = {argument.name for argument in _inputs(function)}
    required = {argument.name for argument in _inputs(other) if not argument.has_default}
    return required <= given <= {argument.name for argument in _inputs(other)}


def _inputs(function: Function) -> list[Argument]:
    return [argument for argument in function.arguments if argument.mode in _INPUTS]


def _root(function: Function) -> RootProbe:
    return RootProbe(function.name.schema)
