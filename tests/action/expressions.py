"""A reader of GitHub's `${{ … }}`, as far as our own YAML uses it; what it does not know is an error, never a guess.

Known: text, numbers, `true`, `false`, `null`, contexts with dotted names, `!`, `==`, `!=`, `&&`, `||`, parentheses and
the status functions. Source: GitHub's "Evaluate expressions in workflows and actions".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(\d+)|([A-Za-z_][\w.-]*)|(==|!=|&&|\|\||[!()]))")
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_STATUS = {"success", "failure", "always", "cancelled"}
Value = str | float | bool | None


class UnknownExpressionError(Exception):
    """Something that this reader does not know, or a name that no context has."""


@dataclass
class Contexts:
    """What names mean. In `optional` contexts (outputs of steps) a missing last name is empty, as GitHub has it."""

    values: Mapping[str, Any]
    failed: bool = False
    cancelled: bool = False
    asked_status: bool = field(default=False, init=False)

    def filled(self, text: str) -> str:
        """The text with every expression in it replaced by its value."""
        return _EXPRESSION.sub(lambda found: as_text(self.value(found[1])), text)

    def holds(self, condition: str | None) -> bool:
        """Whether a step with this `if:` runs; without a status function, only when nothing failed."""
        if condition is None:
            return not (self.failed or self.cancelled)
        whole = _EXPRESSION.fullmatch(condition.strip())
        self.asked_status = False
        value = bool(self.value(whole[1] if whole else condition))
        return value if self.asked_status else value and not (self.failed or self.cancelled)

    def value(self, text: str) -> Value:
        """The value of one expression."""
        reader = _Reader(text, self)
        value = reader.either()
        if reader.tokens:
            raise UnknownExpressionError(text)
        return value

    def named(self, name: str) -> Value:
        """The value of `inputs.command`, `steps.run.outputs.outcome`."""
        context, *path = name.split(".")
        if context not in self.values or not path:
            raise UnknownExpressionError(name)
        value: Any = self.values[context]
        for place, part in enumerate(path):
            if not isinstance(value, Mapping):
                raise UnknownExpressionError(name)
            if part not in value:
                if context == "steps" and place == 2 and path[1] == "outputs":
                    return None
                raise UnknownExpressionError(name)
            value = value[part]
        if isinstance(value, Mapping):
            raise UnknownExpressionError(name)
        return value  # type: ignore[no-any-return]  # contexts hold texts

    def status(self, name: str) -> bool:
        """The status functions."""
        self.asked_status = True
        return {
            "success": not (self.failed or self.cancelled),
            "failure": self.failed,
            "cancelled": self.cancelled,
            "always": True,
        }[name]


class _Reader:
    def __init__(self, text: str, contexts: Contexts) -> None:
        self.tokens: list[tuple[str, str]] = []
        self._contexts = contexts
        place = 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if found is None:
                raise UnknownExpressionError(text)
            kind = ("text", "number", "name", "sign")[(found.lastindex or 1) - 1]
            self.tokens.append((kind, found[found.lastindex or 1]))
            place = found.end()

    def either(self) -> Value:
        value = self.both()
        while self._took("||"):
            other = self.both()
            value = value or other
        return value

    def both(self) -> Value:
        value = self.compared()
        while self._took("&&"):
            other = self.compared()
            value = other if value else value
        return value

    def compared(self) -> Value:
        value = self.single()
        for sign in ("==", "!="):
            if self._took(sign):
                same = as_text(value).lower() == as_text(self.single()).lower()
                return same if sign == "==" else not same
        return value

    def single(self) -> Value:
        if self._took("!"):
            return not self.single()
        if self._took("("):
            value = self.either()
            self._must(")")
            return value
        if not self.tokens:
            raise UnknownExpressionError("an expression that ends early")
        return self._leaf(*self.tokens.pop(0))

    def _leaf(self, kind: str, token: str) -> Value:
        if kind == "text":
            return token[1:-1].replace("''", "'")
        if kind == "number":
            return float(token)
        if token in {"true", "false", "null"}:
            return {"true": True, "false": False, "null": None}[token]
        if token in _STATUS and self._took("("):
            self._must(")")
            return self._contexts.status(token)
        if kind != "name":
            raise UnknownExpressionError(token)
        return self._contexts.named(token)

    def _took(self, sign: str) -> bool:
        if self.tokens and self.tokens[0] == ("sign", sign):
            self.tokens.pop(0)
            return True
        return False

    def _must(self, sign: str) -> None:
        if not self._took(sign):
            raise UnknownExpressionError(f"no {sign}")


def as_text(value: Value) -> str:
    """A value where a text is wanted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)
