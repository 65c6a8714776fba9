"""The action's own step: its inputs become one call of supa-deploy, which takes this process' place.

In: the inputs, as IN_… in the environment, and nothing else. A value is one argument or one variable whatever it
holds; secrets become variables. Both streams become one, so that the job reads our commands and everybody's text in
the order they were written. Out, as an output of the step: `comment` (the Markdown report that is to become a comment
on the pull request; empty: none is wanted); all others come from supa-deploy itself.
"""

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from supa_deploy.outcome import Outcome
from supa_deploy.render.annotations import command
from supa_deploy.render.text import safe

_COMMANDS = ("deploy", "plan", "verify", "check", "diff", "rehearse")
_PULL_REQUEST = ("pull_request", "pull_request_target")
_VARIABLES = {
    "IN_ACCESS_TOKEN": "SUPABASE_ACCESS_TOKEN",
    "IN_DB_PASSWORD": "SUPABASE_DB_PASSWORD",
    "IN_SECRET_KEY": "SUPABASE_SECRET_KEY",
    "IN_PUBLISHABLE_KEY": "SUPABASE_PUBLISHABLE_KEY",
    "IN_DB_URL": "SUPABASE_DB_URL",
    "IN_PROJECT_REF": "SUPABASE_PROJECT_REF",
    "IN_URL": "SUPABASE_URL",
    "IN_PROFILE": "SUPABASE_PROFILE",
    "IN_CLI": "SUPA_DEPLOY_SUPABASE_BIN",
}


@dataclass(frozen=True, slots=True)
class _Option:
    """An input that becomes an option of some commands: a switch, or one option for each word of the value."""

    input: str
    option: str
    commands: tuple[str, ...] = _COMMANDS
    switch: bool = False
    words: bool = False


_OPTIONS = (
    _Option("workdir", "--workdir"),
    _Option("env", "--env"),
    _Option("timeout", "--timeout"),
    _Option("base", "--base", ("check", "rehearse")),
    _Option("fail-on", "--fail-on", ("check",)),
    _Option("only", "--only", ("verify",), words=True),
    _Option("schema", "--schema", ("diff",), words=True),
    _Option("include-all", "--include-all", ("deploy", "plan"), switch=True),
    _Option("include-seed", "--include-seed", ("deploy", "rehearse"), switch=True),
    _Option("include-roles", "--include-roles", ("deploy",), switch=True),
    _Option("no-verify", "--no-verify", ("deploy",), switch=True),
    _Option("no-diff", "--no-diff", ("deploy",), switch=True),
    _Option("preview", "--diff", ("plan",), switch=True),
    _Option("fail-on-drift", "--fail-on-drift", ("deploy",), switch=True),
    _Option("require-api", "--require-api", ("deploy", "verify"), switch=True),
    _Option("exit-code", "--exit-code", ("plan", "diff"), switch=True),
    _Option("history", "--history", ("check",), switch=True),
    _Option("legacy-grants", "--legacy-grants", ("rehearse",), switch=True),
)


class BadInput(Exception):
    """An input that cannot be used; the message is for the job's log."""


def main(environ: Mapping[str, str]) -> NoReturn:
    """Replaces this process by supa-deploy; leaves with 2 for an input that cannot be used."""
    try:
        called = arguments(environ)
        reports = report_files(environ)
    except BadInput as error:
        outcome = Outcome.USAGE_ERROR
        sys.stdout.write(command("error", f"{error} Nothing was touched.", {"title": "supa-deploy"}))
        _put(environ, {"outcome": outcome.label, "exit_code": str(outcome.exit_code)})
        sys.exit(outcome.exit_code)
    shown = next((file for file in reports if _is_markdown(file)), "")
    _put(environ, {"comment": shown if wants_comment(environ) else ""})
    called.extend(f"--report={file}" for file in reports)
    os.dup2(1, 2)
    program = [sys.executable, "-I", "-m", "supa_deploy", *called]
    os.execve(sys.executable, program, variables(environ))  # noqa: S606  # no shell: that is the point


def arguments(environ: Mapping[str, str]) -> list[str]:
    """The words after `supa-deploy`. Raises BadInput."""
    name = environ.get("IN_COMMAND", "").strip()
    if name not in _COMMANDS:
        raise BadInput(f"The input command is {_quoted(name)}: it must be one of {', '.join(_COMMANDS)}.")
    words = [name]
    if name == "deploy":
        words.append("--yes")
    for option in _OPTIONS:
        words.extend(_as_words(option, name, _value(environ, option.input)))
    return words


def report_files(environ: Mapping[str, str]) -> list[str]:
    """The files to write the report to: those of the input, one a line, and a Markdown file in the job's temporary
    folder where there is none among them and one is wanted: as the comment, or as the action's output."""
    files = [line.strip() for line in _value(environ, "report").splitlines() if line.strip()]
    wanted = wants_comment(environ)
    if not files or (wanted and not any(_is_markdown(file) for file in files)):
        folder = tempfile.mkdtemp(prefix="supa-deploy-report-", dir=environ.get("RUNNER_TEMP"))
        files.append(str(Path(folder) / f"supa-deploy-{environ['IN_COMMAND'].strip()}.md"))
    return files


def wants_comment(environ: Mapping[str, str]) -> bool:
    """True when the report becomes a comment: told so, or `auto` and this is a plan on a pull request."""
    wish = _value(environ, "comment") or "auto"
    if wish != "auto":
        return _is_true("comment", wish)
    return environ["IN_COMMAND"].strip() == "plan" and environ.get("GITHUB_EVENT_NAME") in _PULL_REQUEST


def variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of supa-deploy: the job's, without the inputs, with what they say. An empty input leaves a
    variable of the job as it is."""
    given = {name: _value(environ, given) for given, name in _named().items() if _value(environ, given)}
    kept = {name: value for name, value in environ.items() if not name.startswith("IN_")}
    if "SUPABASE_DB_URL" in given and "SUPABASE_PROJECT_REF" not in given:
        kept.pop("SUPABASE_PROJECT_REF", None)
    if "SUPABASE_PROJECT_REF" in given and "SUPABASE_DB_URL" not in given:
        kept.pop("SUPABASE_DB_URL", None)
    return {**kept, **given}


def _named() -> dict[str, str]:
    return {name.removeprefix("IN_").lower().replace("_", "-"): to for name, to in _VARIABLES.items()}


def _value(environ: Mapping[str, str], name: str) -> str:
    return environ.get(f"IN_{name.upper().replace('-', '_')}", "")


def _as_words(option: _Option, name: str, value: str) -> Iterator[str]:
    if not value.strip() or (option.switch and not _is_true(option.input, value)):
        return
    if name not in option.commands:
        raise BadInput(f"The input {option.input} is for {' and '.join(option.commands)}, not for {name}.")
    if option.switch:
        yield option.option
    else:
        for word in value.split() if option.words else (value,):
            yield f"{option.option}={word}"


def _is_true(name: str, value: str) -> bool:
    if value.strip().lower() in {"true", "false"}:
        return value.strip().lower() == "true"
    raise BadInput(f"The input {name} is {_quoted(value)}: it must be true or false.")


def _is_markdown(file: str) -> bool:
    return Path(file).suffix in {".md", ".markdown"}


def _quoted(value: str) -> str:
    return f"“{safe(value[:60])}”"


def _put(environ: Mapping[str, str], values: Mapping[str, str]) -> None:
    """The step's outputs, as the runner reads them: a value cannot end before its random mark."""
    end = f"end_{secrets.token_hex(16)}"
    with Path(environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as output:
        output.writelines(f"{name}<<{end}\n{value}\n{end}\n" for name, value in values.items())


if __name__ == "__main__":
    main(os.environ)
