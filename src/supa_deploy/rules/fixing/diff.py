"""A unified diff of a file's text, as `git apply` and `patch` take it."""

import difflib

_CONTEXT = 3


def unified_diff(file: str, old: str, new: str) -> str:
    """The change of `file` (relative to the project) from one text to another; empty when there is none."""
    changed = difflib.unified_diff(_lines(old), _lines(new), f"a/{file}", f"b/{file}", n=_CONTEXT)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in changed
    )


def _lines(text: str) -> list[str]:
    """The lines with their ends; only a line feed ends one, as in git."""
    lines = text.split("\n")
    whole = [f"{line}\n" for line in lines[:-1]]
    return [*whole, lines[-1]] if lines[-1] else whole
