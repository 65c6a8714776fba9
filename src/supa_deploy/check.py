"""The check story: the migration files held against the rules, with no database and no network.

Only `--history`, and `--fix` in a project that has a database, read the history: an applied file is not to be mended.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from supa_deploy.errors import PreflightFailed, UsageError
from supa_deploy.migrations import Discovery, Migration, discover, read
from supa_deploy.model import Failure, Finding, Fix, Report, Severity
from supa_deploy.outcome import Outcome
from supa_deploy.release import open_release
from supa_deploy.rules import cache, claims_of
from supa_deploy.rules.config import CheckConfig, read_config, read_terms
from supa_deploy.rules.order.skipped import skipped_findings
from supa_deploy.rules.project import Checked, reaches, with_excerpts, worst_first
from supa_deploy.rules.released import applied_findings, read_base, released_findings
from supa_deploy.rules.terms import Terms
from supa_deploy.run import Run
from supa_deploy.shadow.binaries import cache_home

_GIT_SECONDS = 30.0
_EXCERPTS = 2000  # findings that are shown with their line
_OUTSIDE = "~"  # sorts behind every version: files of no project come last


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What a check was asked for, as its flags say it. `files`: only what is about these (none: all). `base`: a git
    revision whose files count as released. `history`: what the database has is read too. `fix` shows what can be mended
    mechanically, with `yes` it is written."""

    files: tuple[Path, ...] = ()
    fail_on: Severity | None = None
    ignore: tuple[str, ...] = ()
    base: str | None = None
    history: bool = False
    fix: bool = False
    yes: bool = False


@dataclass(frozen=True, slots=True)
class _Looked:
    """What is known of all files: `findings` of the rules, `beside` what the folder, the history and the base revision
    add, `released` which files are not to be touched any more, with the reason in words."""

    findings: tuple[Finding, ...]
    beside: tuple[Finding, ...]
    released: Mapping[str, str]


def check(run: Run, options: CheckOptions) -> Report:
    """Says what is wrong with the files. FINDINGS (12) when something is as bad as `fail_on`, or worse.

    Raises UsageError for files and settings that cannot be used, PreflightFailed where there is nothing to check.
    """
    config = read_config(run.settings.workdir)
    terms = read_terms(run.settings.workdir, config, options.ignore)
    discovery, chosen = _discovered(run, options)
    looked = _look(run, options, terms, discovery)
    findings = _about((*looked.findings, *looked.beside), chosen, terms)
    if options.fix:
        run.draft.fixes = _fix(run, discovery, findings, looked.released, write_them=options.yes)
        if any(fix.written for fix in run.draft.fixes):
            mended = _checked(run, terms, discovery).findings
            findings = _about((*mended, *looked.beside), chosen, terms)
    run.draft.findings = with_excerpts(worst_first(findings), discovery.migrations, _EXCERPTS)
    run.draft.claims = claims_of(run.draft.findings)
    run.draft.files_checked = len(discovery.migrations if chosen is None else chosen)
    return _ended(run, _fail_on(options, config))


def _fail_on(options: CheckOptions, config: CheckConfig) -> Severity:
    return options.fail_on or config.fail_on or Severity.ERROR


def _ended(run: Run, fail_on: Severity) -> Report:
    findings = run.draft.findings
    if not reaches(findings, fail_on):
        return run.finish(Outcome.OK)
    first = findings[0]
    more = sum(reaches([finding], fail_on) for finding in findings) - 1
    failure = Failure(
        first.rule,
        f"{first.file}:{first.line}:{first.column}: {first.message.rstrip('.')}"
        f"{f' ({more} more)' if more else ''}.",
        first.help,
        file=first.file,
        line=first.line,
    )
    return run.finish(Outcome.FINDINGS, failure)


def _look(run: Run, options: CheckOptions, terms: Terms, discovery: Discovery) -> _Looked:
    """The findings about all files, and which of them are released."""
    released: dict[str, str] = {}
    beside = skipped_findings(discovery)
    if options.history or (options.fix and _has_target(run)):
        findings, more, applied = _look_with_history(run, options)
        beside += more
        released.update(dict.fromkeys(applied, "the history has it"))
    else:
        findings = _checked(run, terms, discovery).findings
    if options.base is not None:
        with run.journal.step("base") as step:
            base = read_base(run.settings.workdir, options.base, _GIT_SECONDS)
            released.update(dict.fromkeys(base.files, f"{options.base} has it"))
            beside += released_findings(base, discovery.migrations)
            step.note = f"{len(base.files)} released"
    return _Looked(findings, tuple(beside), released)


def _has_target(run: Run) -> bool:
    settings = run.settings
    return bool(settings.project_ref or settings.db_url) and run.refused is None


def _checked(run: Run, terms: Terms, discovery: Discovery) -> Checked:
    """Step `check`, from the cache where nothing changed."""
    with run.journal.step("check") as step:
        checked, unchanged = cache.check(
            cache_home(run.settings.environ),
            run.settings.workdir,
            discovery,
            terms,
            seconds=max(run.deadline.left, 1.0),
            path=run.settings.environ.get("PATH"),
            progress=step.progress,
        )
        step.note = _files(len(discovery.migrations)) + (", unchanged" if unchanged else "")
    for notice in checked.notices:
        run.journal.notice(notice)
    return checked


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"


def _look_with_history(
    run: Run, options: CheckOptions
) -> tuple[tuple[Finding, ...], list[Finding], list[str]]:
    """The findings of the rules, what the history adds to them, and the files that it has. Raises what keeps it from
    being read."""
    if run.refused is not None:
        raise run.refused
    with open_release(
        run, verifies=False, recalls=True, only_looks=True, judges=True, ignore=options.ignore
    ) as release:
        release.link()
        plan = release.plan()
        release.note_edited(plan)
        edited = [finding for finding in run.draft.findings if finding not in release.findings]
        applied = [migration.version for migration in plan.applied]
        more = [*edited, *applied_findings(plan.migrations, applied)]
        return release.findings, more, [migration.file for migration in plan.applied]


def _discovered(run: Run, options: CheckOptions) -> tuple[Discovery, frozenset[str] | None]:
    """The project's files, with the others that were named behind them, and which of all these were asked for (None:
    all). Raises UsageError for a file that is not there, PreflightFailed when there is nothing at all."""
    workdir = run.settings.workdir
    try:
        discovery = discover(workdir)
    except PreflightFailed as error:
        if error.code != "no_migrations_folder" or not options.files:
            raise
        discovery = Discovery()
    if not options.files:
        if not discovery.migrations and not discovery.skipped:
            raise PreflightFailed(
                f"There is no migration file in {run.settings.migrations_dir}: there is nothing to check.",
                hint="Name the project's folder with --workdir, or files to check.",
                code="no_migrations",
            )
        return discovery, None
    known = {migration.path.resolve(): migration.file for migration in discovery.migrations}
    known |= {(workdir / skipped.file).resolve(): skipped.file for skipped in discovery.skipped}
    chosen: set[str] = set()
    others: list[Migration] = []
    for path in _named(options.files):
        resolved = path.resolve()
        if resolved in known:
            chosen.add(known[resolved])
        elif not any(other.path == path for other in others):
            others.append(Migration(_OUTSIDE, path.stem, os.path.relpath(path, workdir), path))
    chosen |= {other.file for other in others}
    return replace(discovery, migrations=(*discovery.migrations, *others)), frozenset(chosen)


def _named(files: Collection[Path]) -> list[Path]:
    """The files that were named; a folder stands for the SQL files in it."""
    found: list[Path] = []
    for path in files:
        if path.is_dir():
            found += sorted(entry for entry in path.iterdir() if entry.suffix == ".sql")
        elif path.exists():
            found.append(path)
        else:
            raise UsageError(
                f"There is no file {path}. Nothing was checked.",
                hint="Name migration files, or a folder of them; without any name all files are checked.",
                code="no_file",
            )
    return found


def _about(findings: Collection[Finding], chosen: frozenset[str] | None, terms: Terms) -> list[Finding]:
    """The findings about the chosen files, each once, as the project's settings leave them."""
    return [
        replace(finding, severity=terms.severity.get(finding.rule, finding.severity))
        for finding in dict.fromkeys(findings)
        if (chosen is None or finding.file in chosen) and finding.rule not in terms.ignore
    ]


def _fix(
    run: Run,
    discovery: Discovery,
    findings: Collection[Finding],
    released: Mapping[str, str],
    *,
    write_them: bool,
) -> tuple[Fix, ...]:
    """Step `fix`: what can be mended without thinking, file by file; released files are left alone."""
    from supa_deploy.rules.fixing import fix, write

    fixes: list[Fix] = []
    with run.journal.step("fix") as step:
        for migration in discovery.migrations:
            about = [finding for finding in findings if finding.file == migration.file]
            fixed = fix(read(migration), about) if about else None
            if fixed is None:
                continue
            if migration.file in released:
                run.journal.notice(
                    f"{migration.file} is left as it is: {released[migration.file]}. Mend it in a new migration."
                )
                continue
            if write_them:
                write(migration.path, fixed.text)
            fixes.append(Fix(migration.file, fixed.rules, fixed.diff, written=write_them))
        verb = "mended" if write_them else "can be mended: --fix --yes writes them"
        step.note = f"{_files(len(fixes))} {verb}"
    return tuple(fixes)
