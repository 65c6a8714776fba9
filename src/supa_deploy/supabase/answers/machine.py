"""The CLI's JSON: one object (or array) on stdout, read without trust in its shape."""

import json
from collections.abc import Mapping


def value_in(stdout: str) -> object | None:
    """The JSON value on a stdout, None when it is not JSON."""
    text = stdout.strip()
    if not text.startswith(("{", "[")):
        return None
    try:
        value: object = json.loads(text)
    except ValueError:
        return None
    return value


def object_in(stdout: str) -> Mapping[str, object] | None:
    """The JSON object on a stdout, None when there is none."""
    value = value_in(stdout)
    return value if isinstance(value, dict) else None


def error_in(stdout: str) -> Mapping[str, object] | None:
    """The error object of a failed call (`{"_tag":"Error","error":{"code","message","suggestion"?}}`)."""
    value = object_in(stdout) or {}
    error = value.get("error")
    return error if isinstance(error, dict) else None


def text_of(value: Mapping[str, object], name: str) -> str | None:
    """A string member, None when it is absent, empty or something else."""
    found = value.get(name)
    return found if isinstance(found, str) and found else None


def texts_of(value: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    """A member that is a list of strings, None when it is something else."""
    found = value.get(name)
    if isinstance(found, list) and all(isinstance(item, str) for item in found):
        return tuple(found)
    return None
