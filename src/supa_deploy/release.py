"""What the stories share about one project: its files, its CLI, its history, its Data API.

A `Release` starts reading the remote side before it parses the files, so that neither waits for the other.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from supa_deploy.drift.comparison import Comparison
from supa_deploy.edited import find_edited
from supa_deploy.errors import SupaDeployError
from supa_deploy.feature import ending, feature_of
from supa_deploy.http import Http
from supa_deploy.journal import StepInHand
from supa_deploy.migrations import Discovery, Migration, Script, describe, fold, parse_all
from supa_deploy.model import Drift, Finding, PendingMigration, Severity
from supa_deploy.planning import ROLLBACK_MARKER, Plan, make_plan, migration_states
from supa_deploy.postgrest import DataApi, rest_url
from supa_deploy.preflight import require_files, require_settings
from supa_deploy.remote import Remote
from supa_deploy.rules import cache
from supa_deploy.rules.config import read_config, read_terms
from supa_deploy.rules.project import with_excerpts
from supa_deploy.run import Run
from supa_deploy.secret import Secret
from supa_deploy.shadow.binaries import cache_home
from supa_deploy.supabase import Pending, RepairStatus, Supabase
from supa_deploy.verify import PATIENT, CatalogReading, Patience, Verification, schemas_of, verify
from supa_deploy.workspace import own_folder

_EXCERPTS = 500  # findings that carry the line they are about


@dataclass(slots=True)
class Release:
    """One project, opened. `scripts` are its files as statements, in the CLI's order; `chosen` the versions that
    documents are about (None: all)."""

    run: Run
    supabase: Supabase
    remote: Remote
    http: Http
    discovery: Discovery
    comparison: Comparison
    recorded: Pending[Mapping[str, tuple[str, ...]]] | None = None
    scripts: tuple[Script, ...] = ()
    findings: tuple[Finding, ...] = ()
    marker_left: bool = False
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    chosen: Collection[str] | None = None

    @property
    def migrations(self) -> tuple[Migration, ...]:
        """The migration files, in the CLI's order."""
        return self.discovery.migrations

    def script(self, version: str | None) -> Script | None:
        """The file of a version as statements."""
        return next((script for script in self.scripts if script.migration.version == version), None)

    def check_files(self, ignore: Collection[str] = (), *, judges: bool) -> None:
        """Step `check`: reads every file. What is wrong becomes findings: the files' own faults that would make any
        push a lie (duplicate versions, unreadable files), and where the story `judges` them, what the rules say, but
        for those of `ignore`. Raises UsageError for settings of the rules that cannot be used."""
        with self.run.journal.step("check") as step:
            if judges:
                self._judge(step, ignore)
            else:
                parsed = parse_all(self.migrations)
                self.scripts, self.findings = parsed.scripts, (*self.discovery.problems, *parsed.findings)
            self.run.draft.findings = self.findings
            self.words = {script.migration.version: describe(script) for script in self.scripts}
            count = len(self.migrations)
            step.note = f"{count} file" if count == 1 else f"{count} files"

    def _judge(self, step: StepInHand, ignore: Collection[str]) -> None:
        settings = self.run.settings
        scripts: list[Script] = []
        checked, _ = cache.check(
            cache_home(settings.environ),
            settings.workdir,
            self.discovery,
            read_terms(settings.workdir, read_config(settings.workdir), ignore),
            seconds=max(self.run.deadline.left, 1.0),
            path=settings.environ.get("PATH"),
            keep=scripts,
            progress=step.progress,
        )
        self.scripts = tuple(scripts)
        self.findings = with_excerpts(checked.findings, self.migrations, _EXCERPTS)
        for notice in checked.notices:
            self.run.journal.notice(notice)

    def link(self) -> None:
        """Step `link`: the project is there, awake, and the CLI can find its database."""
        with self.run.journal.step("link") as step:
            answer = self.remote.link()
            if answer.skipped:
                step.skip(answer.skipped)
            for warning in answer.warnings:
                self.run.journal.notice(warning)

    def plan(self, *, sends: bool = False) -> Plan:
        """Step `plan`: reads the remote history and holds the files against it. `sends`: the story is about what is
        pending, where something is."""
        with self.run.journal.step("plan") as step:
            remote = self.remote.history()
            self.marker_left = ROLLBACK_MARKER in remote
            if self.marker_left:
                self.run.journal.notice(
                    f"The marker {ROLLBACK_MARKER} of a rollback that was cut off is left in the history. Its work is "
                    "in: this is no conflict, and the next `deploy --yes` or `rollback --yes` takes the marker away."
                )
            plan = make_plan(self.migrations, remote)
            if sends:
                self.chosen = plan.pending_versions or None
            self.note(plan)
            self.run.draft.findings = self._told(plan)
            step.note = f"{len(plan.pending)} pending, {len(plan.applied)} applied"
            return plan

    def remove_marker(self) -> None:
        """Step `repair`: takes the marker of a rollback out of the history. Raises what a failure means."""
        with self.run.journal.step("repair"):
            self.supabase.begin_repair([ROLLBACK_MARKER], RepairStatus.REVERTED).result()
        self.marker_left = False

    def note(self, plan: Plan) -> None:
        """Writes the plan into the run's draft."""
        self.run.draft.migrations = migration_states(plan, self.words)
        self.run.draft.pending = tuple(
            PendingMigration(m.version, m.name, m.file, self.words.get(m.version, ())) for m in plan.pending
        )
        if self.run.reports:
            applied = {migration.version for migration in plan.applied}
            self.run.draft.feature = feature_of(self.scripts, self.chosen, ending(self.chosen, applied))

    def blocking(self, plan: Plan) -> tuple[Finding, ...]:
        """The errors that stop a push of this plan: those of pending files, and those that are about the
        folder as a whole. A file that is applied already is not sent again, whatever it holds."""
        whole = {(problem.rule, problem.file) for problem in self.discovery.problems}
        applied = {migration.file for migration in plan.applied}
        return tuple(
            finding
            for finding in self.findings
            if finding.severity is Severity.ERROR
            and ((finding.rule, finding.file) in whole or finding.file not in applied)
        )

    def _told(self, plan: Plan) -> tuple[Finding, ...]:
        """The findings that still matter: of a file that is applied only what is wrong with reading it."""
        wrong = {(problem.rule, problem.file) for problem in self.discovery.problems}
        wrong |= {(problem.rule, problem.file) for script in self.scripts for problem in script.problems}
        applied = {migration.file for migration in plan.applied}
        return tuple(f for f in self.findings if f.file not in applied or (f.rule, f.file) in wrong)

    def note_edited(self, plan: Plan) -> None:
        """Adds a finding for every applied file that is not what the history recorded of it."""
        if self.recorded is None or not plan.applied:
            return
        applied = {migration.version for migration in plan.applied}
        try:
            recorded = self.recorded.result()
        except SupaDeployError as error:
            self.run.journal.notice(
                f"Whether applied files were edited is not known: {error.message.splitlines()[0]}"
            )
            return
        scripts = tuple(script for script in self.scripts if script.migration.version in applied)
        self.run.draft.findings = (*self.run.draft.findings, *find_edited(scripts, recorded))

    def replay(self, versions: Collection[str], stops: Collection[str] = ()) -> None:
        """Starts replaying these files on the scratch server, where there is one; `stops` are kept on the way."""
        self.comparison.replay([m for m in self.migrations if m.version in versions], stops)

    def look(self, applied: Collection[str], also: Collection[str] = ()) -> None:
        """Starts reading the real catalog over the schemas that these files touch, and `also` these."""
        touched = schemas_of(fold(self.scripts, until=applied))
        self.comparison.look(tuple(dict.fromkeys((*touched, *also))))

    def verify(
        self,
        applied: Collection[str],
        versions: Collection[str] | None,
        patience: Patience = PATIENT,
        *,
        ahead: bool = False,
    ) -> Verification:
        """Asks the Data API about what the applied files promise; `versions` narrows it to what these made. `ahead`:
        not all of them are applied, so the replay of those that are says nothing of them.

        Never raises for an API that cannot be asked: the verification says so.
        """
        keys = self.remote.keys()
        base = self.remote.api_url

        if keys.secret is None and base and self.remote.has_roots:
            self.run.journal.notice(
                f"There is no Data API key to ask with ({keys.why_none}): what the Management API shows of the Data "
                "API is read instead."
            )

        def asking(key: Secret | None) -> DataApi | None:
            return DataApi(rest_url(base), key, self.http) if base and key else None

        verification = verify(
            fold(self.scripts, until=applied),
            versions,
            asking(keys.secret),
            http=self.http,
            deadline=self.run.deadline,
            interrupt=self.run.interrupt,
            visitor=asking(keys.publishable),
            why_no_key=keys.why_none if base else "SUPABASE_URL is not set",
            roots=self.remote.roots if self.remote.has_roots else None,
            patience=patience,
            catalog=self._catalog_alone if ahead else self._catalogs,
        )
        if verification.without_catalog and not self.run.interrupt.requested:
            self.run.journal.notice(
                f"The catalog could not be read ({verification.without_catalog}): what the Data API does not show is "
                "not confirmed."
            )
        self.run.draft.checks = verification.checks
        self.run.draft.traffic = verification.traffic
        return verification

    def drift(self, step: StepInHand) -> Drift | None:
        """What the database holds outside the files, for step `diff`; None when that cannot be known, which the
        step and a notice say."""
        self.comparison.compare()
        drift = self.run.draft.drift = self.comparison.drift()
        if drift is None and self.run.interrupt.requested:
            step.skip("interrupted")
        elif drift is None:
            step.skip("skipped")
            self.run.journal.notice(f"Drift was not looked for: {self.comparison.skipped}")
        else:
            step.note = "no drift" if drift.empty else f"{len(drift.changes)} outside the files"
            for notice in self.comparison.notices:
                self.run.journal.notice(notice)
        return drift

    def _catalog_alone(self) -> CatalogReading:
        found = self.comparison.found()
        return CatalogReading(found.catalog, reason=found.reason)

    def _catalogs(self) -> CatalogReading:
        self.comparison.compare()
        found = self.comparison.found()
        return CatalogReading(found.catalog, self.comparison.expected().catalog, found.reason)


@contextmanager
def open_release(
    run: Run,
    *,
    verifies: bool,
    compares: bool = False,
    recalls: bool = False,
    only_looks: bool = False,
    may_be_empty: bool = False,
    judges: bool = False,
    ignore: Collection[str] = (),
) -> Iterator[Release]:
    """Opens the project that the run's settings name; everything is closed again at the end.

    `verifies`: the Data API will be asked, so its settings are needed (a story that `only_looks` does without them).
    `compares`: the files are replayed on a scratch server. `recalls`: what the history recorded of each file is read.
    `may_be_empty`: there is something to do without any migration file. `judges`: the files are held against the
    rules, but for those of `ignore`. Raises UsageError, AuthFailed or PreflightFailed, and then nothing was touched.
    """
    with ExitStack() as stack:
        with run.journal.step("preflight") as step:
            supabase = stack.enter_context(Supabase.open(run.settings, run.deadline, run.interrupt))
            run.draft.cli_version = supabase.cli_version
            run.draft.target = str(supabase.target)
            require_settings(run, supabase, verifies=verifies and not only_looks)
            for notice in (*run.settings.warnings, *supabase.notices):
                run.journal.notice(notice)
            discovery = require_files(run, may_be_empty=only_looks or may_be_empty)
            environment = f", {run.settings.environment}" if run.settings.environment else ""
            step.note = f"Supabase CLI {supabase.cli_version}, {supabase.target}{environment}"
            http = stack.enter_context(Http(run.deadline, run.interrupt))
            remote = Remote(supabase, http, run.settings, want_keys=verifies)
            run.secrets = remote.secrets
        run.check_interrupt()
        downs, named = [down.path for down in discovery.downs], run.settings.environment
        if downs or named:
            folder = stack.enter_context(own_folder(run.settings.workdir, downs, named))
            supabase.move_to(folder, altogether=named is not None)
        remote.begin()
        comparison = stack.enter_context(Comparison(supabase, run.settings, run.deadline, run.interrupt))
        if compares:
            comparison.begin()
        recorded = supabase.begin_statements() if recalls and supabase.can_query else None
        release = Release(run, supabase, remote, http, discovery, comparison, recorded)
        release.check_files(ignore, judges=judges)
        yield release
