"""How deep a tree may be for the rest of the package to read it, and whether one is deeper.

Whoever reads trees may take a stack frame or two for each level. Python's limit is 1,000 frames, and what is read here
was parsed elsewhere, on another stack and by another version of Python: so the limit is our own, the same everywhere.
"""

MOST_LEVELS = 320
"""Levels of the JSON tree: about 160 operators, or 300 UNIONs, in a row. The deepest statement of PostgreSQL's own
regression files has 58."""

_SHORT = 200
"""Bytes in which no statement gets that deep: `[[[…]]]` has three levels in two bytes."""
_BRACKETS = b"()'\""
_OPERATORS = b"[+-*/%^<>=|&!~@#?:`$"
_NOT_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))
_NOT_OPERATORS = bytes(set(range(256)) - set(_OPERATORS))
_WORDS = (b"not", b"union", b"except", b"intersect", b"case", b"join", b"collate", b"zone", b"local")
_LEVELS_BESIDE, _LEVELS_OF_BRACKET, _LEVELS_OF_OPERATOR, _LEVELS_OF_WORD = 20, 10, 3, 4


def may_be_deep(sql: bytes) -> bool:
    """False when a statement's tree is certainly not too deep: what nests is counted, which takes a tenth of a walk."""
    if len(sql) <= _SHORT:
        return False
    left = MOST_LEVELS - _LEVELS_BESIDE - _LEVELS_OF_OPERATOR * len(sql.translate(None, _NOT_OPERATORS))
    brackets = sql.translate(None, _NOT_BRACKETS)
    while left > 0 and brackets:
        inner = brackets.replace(b"''", b"").replace(b'""', b"").replace(b"()", b"")
        if len(inner) == len(brackets):  # a bracket in a text, a comment, or a name
            left -= _LEVELS_OF_BRACKET * len(inner)
            break
        brackets = inner
        left -= _LEVELS_OF_BRACKET
    if left <= 0:
        return True
    lower = sql.lower()
    return left <= _LEVELS_OF_WORD * sum(lower.count(word) for word in _WORDS)


def is_deep(value: object) -> bool:
    """True when a tree as the parser gives it (or its fields) has more than MOST_LEVELS levels."""
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [
            below
            for above in level
            for below in (
                above.values() if isinstance(above, dict) else above if isinstance(above, list) else ()
            )
            if below.__class__ is dict or below.__class__ is list
        ]
        if not level:
            return False
    return True
