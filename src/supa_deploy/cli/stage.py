"""Where a run is seen: progress on stderr, the result on stdout, and a job's own channels inside GitHub Actions."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from supa_deploy.journal import Journal, Listener
from supa_deploy.model import Report
from supa_deploy.outcome import Outcome
from supa_deploy.render.github import GitHub, GitHubProgress, finish, masks, tell_files
from supa_deploy.render.guard import Guard, harmless, harmless_json
from supa_deploy.render.look import Look, look_of, warm_up
from supa_deploy.render.progress import listener
from supa_deploy.render.scrub import scrub
from supa_deploy.render.streams import write, write_exact
from supa_deploy.render.text import safe
from supa_deploy.run import Run
from supa_deploy.secret import Redactor
from supa_deploy.settings import Flags, Output, Settings

if TYPE_CHECKING:
    from supa_deploy.cli.files import Kind


class Stage:
    """The two streams of one run, as its flags and its environment want them."""

    def __init__(self, flags: Flags, settings: Settings) -> None:
        self._flags = flags
        self._environ = settings.environ
        self._github = GitHub.from_environ(settings.environ, settings.workdir)
        self._guard = Guard(sys.stderr)
        if self._github is not None:
            self._guard.commands(masks(settings.secrets))
            self._guard.close()
        self.journal = Journal(self._listener())

    @property
    def makes_summary(self) -> bool:
        """True when the run's report becomes the step summary of a job."""
        return self._github is not None and self._github.summary is not None

    def look(self) -> Look:
        """What stderr can show."""
        return look_of(sys.stderr, self._environ, color=self._flags.color, verbosity=self._flags.verbosity)

    def warm_up(self) -> None:
        """Imports what `show` needs: 0.1 s that is free while a child is at work."""
        if self._flags.output is not Output.JSON:
            warm_up()

    def show(self, run: Run, report: Report, document: "Kind | None" = None) -> None:
        """The result: the one JSON document, or the page to read. Secrets are taken out of the values before
        they are rendered, and out of the text once more. Where stdout is to carry a `document`, the page goes to
        stderr; a usage error has none."""
        secrets = (*run.settings.secrets, *run.secrets())
        redact = Redactor(secrets)
        clean = scrub(report, redact)
        if self._flags.output is Output.JSON:
            from supa_deploy.render.json import to_json

            text = redact(to_json(clean))
            self.write_out(text if self._github is None else harmless_json(text))
        elif report.bundle is not None and report.bundle.file is None:
            from supa_deploy.render.screen import screen

            if self._github is not None:
                self._guard.close()
            write_exact(sys.stdout, report.bundle.sql)  # the story refuses one that holds a secret
            self.write_error(redact(screen(clean, self.look())))
        elif document is not None and report.outcome is not Outcome.USAGE_ERROR:
            from supa_deploy.render.screen import screen

            text = self._document(run, report, document)
            self.write_out(harmless_json(text) if self._github and document.is_json else text)
            self.write_error(redact(screen(clean, self.look())))
        else:
            from supa_deploy.render.screen import screen

            look = look_of(
                sys.stdout, self._environ, color=self._flags.color, verbosity=self._flags.verbosity
            )
            self.write_out(redact(screen(clean, look)))
        if self._github is not None:
            self._guard.commands(masks(secrets))
            finish(clean, self._github, self._guard)

    def write_out(self, text: str) -> None:
        """Puts text on stdout; in a job no line of it can be taken for a command."""
        if self._github is None:
            write(sys.stdout, text)
        else:
            self._guard.close()
            write(sys.stdout, harmless(text))

    def write_error(self, text: str) -> None:
        """The same for stderr."""
        if self._github is None:
            write(sys.stderr, text)
        else:
            self._guard.text(text)

    def write_files(self, run: Run, report: Report, files: Sequence[Path]) -> None:
        """The report files that were asked for, each kind rendered once. One that cannot be written is told; the
        outcome stays what it is."""
        if not files or report.outcome is Outcome.USAGE_ERROR:
            return
        from supa_deploy.cli.files import Kind, kind_of, put

        texts: dict[Kind, str] = {}
        written = []
        for file in files:
            kind = kind_of(file)
            if kind is None:
                continue
            if kind not in texts:
                texts[kind] = self._document(run, report, kind)
            reason = put(file, texts[kind])
            if reason is None:
                written.append(file)
                if self._flags.verbosity >= 0:
                    self.write_error(f"report: {safe(str(file))}\n")
            else:
                self.write_error(f"{safe(str(file))} was not written: {safe(reason)}\n")
        if self._github is not None:
            tell_files(written, self._github, self._guard)

    def _document(self, run: Run, report: Report, kind: "Kind") -> str:
        from supa_deploy.cli.files import content

        redact = Redactor((*run.settings.secrets, *run.secrets()))
        prefix = self._github.prefix if self._github else ""
        return redact(content(kind, scrub(report, redact), run.settings.workdir, prefix))

    def _listener(self) -> Listener:
        if self._github is not None and not self._flags.verbosity < 0:
            return GitHubProgress(self._guard)
        return listener(sys.stderr, self.look())
