"""The bundle story: the pending files as one script, for those who have only the Dashboard or psql.

Which files: those that the history does not have; or, where nothing can be read from here, all of them or those from a
version on, because the script itself passes over what the history has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from supa_deploy.bundle.entries import entries_of
from supa_deploy.bundle.proof import proof
from supa_deploy.bundle.put import put, refuse_folder, refuse_stdout
from supa_deploy.bundle.script import Facts, write
from supa_deploy.deploy import refuse_findings
from supa_deploy.errors import AuthFailed, UsageError
from supa_deploy.migrations import Script, describe, fold, parse_all
from supa_deploy.migrations.words import hazard
from supa_deploy.model import Bundle, Failure, Finding, Report, Runner, Severity
from supa_deploy.outcome import Outcome
from supa_deploy.planning import refuse_conflicts
from supa_deploy.preflight import require_files
from supa_deploy.release import Release, open_release
from supa_deploy.run import Run
from supa_deploy.secret import Redactor
from supa_deploy.supabase import read_profile

__all__ = ["BundleOptions", "bundle"]

_NOTHING_TO_ASK_WITH = frozenset({"no_target", "missing_credentials"})
_EDITOR_BYTES = 980_000
"""What the Dashboard's SQL editor takes: it refuses a query of more than 0.98 MB ("Query is too large to be run via the
SQL Editor", in the source of supabase/supabase, studio)."""


@dataclass(frozen=True, slots=True)
class BundleOptions:
    """What a bundle was asked for. `every` and `since` (a version, with it) take the files as they are, without any
    database; `file` is where it goes, None for stdout."""

    runner: Runner
    file: Path | None = None
    every: bool = False
    since: str | None = None
    include_all: bool = False


def bundle(run: Run, options: BundleOptions) -> Report:
    """Makes the script. UP_TO_DATE, and no script, when nothing is pending; nothing is ever sent.

    Raises UsageError for wishes that do not fit, PreflightFailed for a file that no such script can carry, and
    whatever keeps the history from being read.
    """
    if options.file is not None:
        refuse_folder(options.file)
    if options.every or options.since is not None:
        return _of_files(run, options)
    if run.refused is not None:
        raise run.refused
    try:
        return _of_pending(run, options)
    except (UsageError, AuthFailed) as error:
        if error.code in _NOTHING_TO_ASK_WITH:
            error.hint = (
                f"{error.hint}\nOr give --all: the script is made of the files alone, and passes over those that the "
                "project has."
            )
        raise


def _of_pending(run: Run, options: BundleOptions) -> Report:
    """A script of what the history does not have."""
    with open_release(run, verifies=False, recalls=True, judges=True) as release:
        release.link()
        plan = release.plan()
        release.note_edited(plan)
        if blocked := refuse_findings(release, plan):
            return blocked
        refuse_conflicts(plan, include_all=options.include_all)
        if not plan.pending:
            run.journal.notice("Nothing is pending: there is no script to write.")
            return run.finish(Outcome.UP_TO_DATE)
        pending = set(plan.pending_versions)
        chosen = [script for script in release.scripts if script.migration.version in pending]
        return _make(run, options, chosen, release.scripts, release)


def _of_files(run: Run, options: BundleOptions) -> Report:
    """A script of the files alone."""
    discovery = require_files(run, may_be_empty=False)
    with run.journal.step("check") as step:
        parsed = parse_all(discovery.migrations)
        step.note = f"{len(parsed.scripts)} file{'' if len(parsed.scripts) == 1 else 's'}"
    known = [script.migration.version for script in parsed.scripts]
    if options.since is not None and options.since not in known:
        raise UsageError(
            f"No migration file here has the version {options.since}. Nothing was touched.",
            hint="A version is the digits that a file's name begins with.",
            code="unknown_version",
        )
    first = known.index(options.since) if options.since is not None else 0
    chosen = parsed.scripts[first:]
    files = {script.migration.file for script in chosen}
    run.draft.findings = tuple(f for f in (*discovery.problems, *parsed.findings) if f.file in files)
    if wrong := next((f for f in run.draft.findings if f.severity is Severity.ERROR), None):
        return run.finish(Outcome.FINDINGS, _wrong(wrong))
    return _make(run, options, chosen, parsed.scripts, None)


def _wrong(finding: Finding) -> Failure:
    return Failure(
        finding.rule,
        f"{finding.file}:{finding.line}:{finding.column}: {finding.message.rstrip('.')}. No script was written.",
        finding.help,
        file=finding.file,
        line=finding.line,
    )


def _make(
    run: Run,
    options: BundleOptions,
    chosen: Sequence[Script],
    every: Sequence[Script],
    release: Release | None,
) -> Report:
    """Step `bundle`: the script, written where it belongs."""
    with run.journal.step("bundle") as step:
        entries = entries_of(chosen, every, options.runner)
        url = _editor(run)
        facts = Facts(
            target=run.draft.target or _project(run),
            made=run.started_at.strftime("%Y-%m-%d %H:%M UTC"),
            url=url,
            environment=run.settings.environment,
            from_history=release is not None,
            hazards=tuple(_hazards(chosen)),
        )
        text = write(entries, proof(entries, fold(every)), options.runner, facts)
        redact = Redactor((*run.settings.secrets, *run.secrets()))
        holds_secret = redact(text.sql) != text.sql
        size = len(text.sql.encode())
        made = Bundle(
            runner=options.runner,
            versions=tuple(entry.version for entry in entries),
            sql=text.sql,
            transactions=text.transactions,
            size=size,
            file=str(options.file) if options.file else None,
            url=url if options.runner is Runner.DASHBOARD else None,
        )
        run.check_interrupt()
        if options.file is None:
            refuse_stdout(run.settings.environ, holds_secret=holds_secret)
        else:
            put(options.file, text.sql, private=holds_secret)
        run.draft.bundle = made
        count = len(entries)
        step.note = f"{count} file{'' if count == 1 else 's'}, {size:,} bytes"
    for entry in entries:
        if entry.warning:
            run.journal.notice(f"{entry.file}: {entry.warning}")
    if holds_secret:
        run.journal.notice(
            "The script holds what looks like a secret, because a migration file does: its file can be read by you "
            "alone (0600). Do not paste it anywhere but where it is run."
        )
    if options.runner is Runner.DASHBOARD and size > _EDITOR_BYTES:
        run.journal.notice(
            f"The script has {size:,} bytes, and the Dashboard's SQL editor refuses more than about {_EDITOR_BYTES:,}: "
            "make it for psql, or from a later version on (--since) after the first ones are in."
        )
    return run.finish(Outcome.OK)


def _editor(run: Run) -> str | None:
    """The Dashboard's SQL editor of the project that is named; None where there is none."""
    ref = run.settings.project_ref
    if ref is None or run.settings.db_url is not None:
        return None
    profile = read_profile(run.settings.profile, run.settings.workdir)
    return f"{profile.dashboard_url}/project/{ref}/sql/new"


def _project(run: Run) -> str:
    ref = run.settings.project_ref
    return f"project {ref}" if ref and run.settings.db_url is None else "any project"


def _hazards(chosen: Sequence[Script]) -> Iterator[tuple[str, str]]:
    """What the files take away or lock, in words, by version."""
    for script in chosen:
        for line in describe(script):
            if hazard(line):
                yield script.migration.version, line
