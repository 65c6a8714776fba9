"""One story, run and rendered: settings in, signals watched, the report out, the exit code."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from supa_deploy.cli import bugs
from supa_deploy.cli.asking import person_at
from supa_deploy.cli.stage import Stage
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import SupaDeployError
from supa_deploy.model import Report
from supa_deploy.run import Run
from supa_deploy.settings import Flags, bare, environment, load

if TYPE_CHECKING:
    from supa_deploy.cli.files import Kind

Story = Callable[[Run], Report]


def execute(
    command: str,
    flags: Flags,
    story: Story,
    *,
    without_settings: bool = False,
    document: "Kind | None" = None,
) -> NoReturn:
    """Runs the story and leaves with its outcome's number. Settings that cannot be loaded end the run at once,
    but for a story that can say something `without_settings`. `document`: what stdout carries instead of the page."""
    interrupt = Interrupt()
    with _signals(interrupt):
        environ = environment()
        try:
            settings, refused = load(flags, environ), None
        except SupaDeployError as error:
            settings, refused = bare(flags, environ), error
        stage = Stage(flags, settings)
        run = Run(
            command=command,
            settings=settings,
            deadline=Deadline.after(max(flags.timeout, 1.0)),
            interrupt=interrupt,
            journal=stage.journal,
            meanwhile=stage.warm_up,
            refused=refused,
            reports=bool(flags.report or document or stage.makes_summary),
            way_back=_tells_way_back(flags.report, document),
        )
        run.person = person_at(run, stage)
        bugs.report_from_here(run, stage)
        report = run.fail(refused) if refused and not without_settings else _tell(run, story, flags.report)
        stage.show(run, report, document)
        stage.write_files(run, report, flags.report)
    raise typer.Exit(report.outcome.exit_code)


def _tell(run: Run, story: Story, files: Sequence[Path]) -> Report:
    try:
        if files:
            from supa_deploy.cli.files import refuse_useless

            refuse_useless(files)
        return story(run)
    except SupaDeployError as error:
        return run.fail(error)


def _tells_way_back(files: Sequence[Path], document: "Kind | None") -> bool:
    """True when a document is to have a rollback plan. A job's step summary alone is not worth the seconds."""
    if not files:
        return document is not None and document.tells_way_back
    from supa_deploy.cli.files import kind_of

    kinds = (document, *(kind_of(file) for file in files))
    return any(kind.tells_way_back for kind in kinds if kind is not None)


@contextmanager
def _signals(interrupt: Interrupt) -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP become requests to stop; the story decides what they mean."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, interrupt.request) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
