"""A run inside GitHub Actions: masks, log groups, annotations, the step summary and outputs.

Workflow commands are lines that the runner reads from stdout and stderr alike; ours go to stderr, through the one
`Guard` of the run, so that `--output json` keeps stdout to its one document. Formats: GitHub's "Workflow commands for
GitHub Actions".
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from supa_deploy.model import Report, Severity, Step
from supa_deploy.render.annotations import annotations, command
from supa_deploy.render.guard import Guard
from supa_deploy.render.progress import notice_lines, step_line
from supa_deploy.render.text import safe
from supa_deploy.render.verdict import is_verified, still_pending
from supa_deploy.secret import Secret

SUMMARY_LIMIT = 1024 * 1024  # bytes a step; GitHub refuses a longer summary whole


@dataclass(frozen=True, slots=True)
class GitHub:
    """The job this run is a step of. `prefix` is the project folder relative to the repository (with forward
    slashes, empty at its root), so that annotations land on the right file."""

    prefix: str = ""
    output: Path | None = None
    summary: Path | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], workdir: Path) -> "GitHub | None":
        """The job, by the process environment given; None outside GitHub Actions."""
        if environ.get("GITHUB_ACTIONS") != "true":
            return None
        output, summary = environ.get("GITHUB_OUTPUT"), environ.get("GITHUB_STEP_SUMMARY")
        return cls(
            prefix=_relative(workdir, environ.get("GITHUB_WORKSPACE")),
            output=Path(output) if output else None,
            summary=Path(summary) if summary else None,
        )


class GitHubProgress:
    """Each step is a log group, and its result a line after the group, where it is seen while folded. What opens and
    closes the guard stands inside the groups."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def step_started(self, name: str) -> None:
        """Opens the group."""
        self._guard.commands(command("group", safe(name)))
        self._guard.close()

    def step_progress(self, done: int, total: int) -> None:
        """Nothing: a log does not move."""

    def step_ended(self, step: Step) -> None:
        """Closes the group and says how the step went."""
        self._guard.commands(f"{command('endgroup', '')}{step_line(step)}\n")

    def notice(self, text: str) -> None:
        """A line inside the group."""
        self._guard.text("".join(f"{line}\n" for line in notice_lines(text)))


def masks(values: Iterable[Secret]) -> str:
    """The commands that make the runner hide each secret from here on, in every spelling. Must be the first
    thing a run writes.

    The one place where a secret's value leaves through a stream: by design of the command, the runner takes
    the line away and puts `***` for the value ever after.
    """
    forms = dict.fromkeys(
        line
        for value in values
        for form in value.forms()
        for line in (form, *form.splitlines())
        if line.strip()
    )
    return "".join(command("add-mask", form) for form in forms)


def finish(report: Report, github: GitHub, guard: Guard) -> None:
    """Annotations through the guard, the report as step summary and the outputs to the job's files.

    A file that cannot be written is a warning in the log; the run's outcome stays what it was.
    """
    guard.commands(annotations(report, github.prefix))
    _append(github.output, outputs(report), guard)
    if github.summary:
        _append(github.summary, summary(report, SUMMARY_LIMIT - _size(github.summary)), guard)


def summary(report: Report, limit: int) -> str:
    """The status report as Markdown in at most `limit` bytes."""
    from supa_deploy.render.document import document  # what a run outside a job does not pay for
    from supa_deploy.render.document.fitting import fitted
    from supa_deploy.render.document.markdown import markdown

    return fitted(f"{markdown(document(report))}\n", limit)


def tell_files(files: Sequence[Path], github: GitHub, guard: Guard) -> None:
    """The output `report`: the report files that were written, one a line, as they were named."""
    _append(github.output, _output("report", "\n".join(str(file) for file in files)), guard)


def outputs(report: Report) -> str:
    """What later steps can read: outcome, exit_code, applied (a JSON list of versions), applied_count,
    pending_count (files not in the history when the run ended), verified (`true` or `false`), drift (`true` or
    `false`) and drift_count (differences from the files), both empty where nobody looked, errors_count and
    warnings_count (findings about the files)."""
    severities = [finding.severity for finding in report.findings]
    values = {
        "outcome": report.outcome.label,
        "exit_code": str(report.outcome.exit_code),
        "applied": json.dumps(list(report.applied)),
        "applied_count": str(len(report.applied)),
        "pending_count": str(len(still_pending(report))),
        "verified": _yes(is_verified(report)),
        "drift": _yes(bool(report.drift.changes)) if report.drift else "",
        "drift_count": str(len(report.drift.changes)) if report.drift else "",
        "errors_count": str(severities.count(Severity.ERROR)),
        "warnings_count": str(severities.count(Severity.WARNING)),
    }
    return "".join(_output(name, value) for name, value in values.items())


def _yes(value: bool) -> str:
    return "true" if value else "false"


def _output(name: str, value: str) -> str:
    # A random end mark, so that no value can end early and name an output of its own.
    end = f"end_{secrets.token_hex(16)}"
    return f"{name}<<{end}\n{value}\n{end}\n"


def _append(file: Path | None, text: str, guard: Guard) -> None:
    if file is None or not text:
        return
    try:
        with file.open("a", encoding="utf-8", errors="replace", newline="\n") as out:
            out.write(text)
    except OSError as error:
        guard.commands(command("warning", f"Could not write {safe(file.name)}: {error.strerror}"))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _relative(workdir: Path, workspace: str | None) -> str:
    if not workspace:
        return ""
    try:
        relative = workdir.resolve().relative_to(Path(workspace).resolve())
    except ValueError:
        return ""
    return "" if relative == Path() else relative.as_posix()
