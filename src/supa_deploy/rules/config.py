"""The project's own settings of the rules: `supa-deploy.toml`, or `[tool.supa-deploy]` in pyproject.toml.

```toml
[check]
ignore = ["grant-to-anon"]
fail-on = "warning"
severity = { "no-rls" = "error" }
```

Looked for in the project's folder, then upward to the repository's root; the nearest file counts.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from supa_deploy.errors import UsageError
from supa_deploy.model import Severity
from supa_deploy.rules.book import RULES
from supa_deploy.rules.terms import DEFAULT_EXPOSED, Terms

OWN_FILE = "supa-deploy.toml"
_KEYS = frozenset({"ignore", "fail-on", "severity"})
_FAIL_ON = {"error": Severity.ERROR, "warning": Severity.WARNING}


@dataclass(frozen=True, slots=True)
class CheckConfig:
    """What the project says of the rules; `fail_on` None: nothing. `file` is where it says so (a name for people)."""

    ignore: frozenset[str] = frozenset()
    severity: Mapping[str, Severity] = field(default_factory=lambda: MappingProxyType({}))
    fail_on: Severity | None = None
    file: str | None = None


def read_config(workdir: Path) -> CheckConfig:
    """The project's settings. Raises UsageError for a file that cannot be read, and for what it does not know."""
    for folder in (workdir, *workdir.parents):
        for path, keys in ((folder / OWN_FILE, ()), (folder / "pyproject.toml", ("tool", "supa-deploy"))):
            table = _table(path, keys)
            if table is not None:
                return _config(table, path.name)
        if (folder / ".git").exists():
            break
    return CheckConfig()


def read_terms(workdir: Path, config: CheckConfig, ignore: Collection[str] = ()) -> Terms:
    """The terms of a check; `ignore` are rules switched off for this run. Raises UsageError for a rule that there is
    not."""
    refuse_unknown(ignore, "--ignore")
    return Terms(config.ignore | frozenset(ignore), config.severity, exposed_schemas(workdir))


def refuse_unknown(names: Collection[str], where: str) -> None:
    """Raises UsageError when one of the rules does not exist."""
    if unknown := [name for name in names if name not in RULES]:
        raise UsageError(
            f"{where} names a rule that does not exist: {', '.join(unknown)}. Nothing was touched.",
            hint="`supa-deploy check --list` has them all.",
            code="unknown_rule",
        )


def exposed_schemas(workdir: Path) -> tuple[str, ...]:
    """The schemas that the Data API shows, by config.toml; Supabase's default where it does not say."""
    try:
        config = tomllib.loads((workdir / "supabase" / "config.toml").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return DEFAULT_EXPOSED  # whoever needs the file says what is wrong with it
    api = config.get("api")
    schemas = api.get("schemas") if isinstance(api, dict) else None
    if not isinstance(schemas, list):
        return DEFAULT_EXPOSED
    return tuple(schema for schema in schemas if isinstance(schema, str))


def _table(path: Path, keys: tuple[str, ...]) -> Mapping[str, object] | None:
    """The `check` table of a file; None where there is none."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, str(error)) from None
    if keys and "supa-deploy" not in text:
        return None
    try:
        table: object = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused(path, str(error)) from None
    for key in (*keys, "check"):
        table = table.get(key) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else None


def _config(table: Mapping[str, object], name: str) -> CheckConfig:
    if unknown := [key for key in table if key not in _KEYS]:
        raise _invalid(name, f"it knows ignore, severity and fail-on, not {', '.join(unknown)}")
    ignore, severity = _strings(table.get("ignore", []), name), _severities(table.get("severity", {}), name)
    refuse_unknown([*ignore, *severity], name)
    return CheckConfig(frozenset(ignore), MappingProxyType(severity), _fail_on(table, name), name)


def _strings(value: object, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _invalid(name, "ignore must be a list of rules")
    return value


def _severities(value: object, name: str) -> dict[str, Severity]:
    if not isinstance(value, dict) or not all(word in list(Severity) for word in value.values()):
        raise _invalid(name, "severity must give each rule error, warning or info")
    return {rule: Severity(word) for rule, word in value.items()}


def _fail_on(table: Mapping[str, object], name: str) -> Severity | None:
    value = table.get("fail-on")
    if value is None:
        return None
    found = _FAIL_ON.get(value) if isinstance(value, str) else None
    if found is None:
        raise _invalid(name, "fail-on must be error or warning")
    return found


def _refused(path: Path, reason: str) -> UsageError:
    return UsageError(
        f"{path.name} cannot be read: {reason}. Nothing was touched.",
        hint="Correct it, or take the `check` table out.",
        code="bad_config",
        file=path.name,
    )


def _invalid(name: str, reason: str) -> UsageError:
    return UsageError(
        f"The check settings in {name} cannot be used: {reason}. Nothing was touched.",
        hint="docs/check.md shows an example.",
        code="bad_config",
        file=name,
    )
