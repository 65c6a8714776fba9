"""One story, run and rendered: settings in, signals watched, the report out, the exit code."""

import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer

from supa_deploy.cli import bugs
from supa_deploy.cli.stage import Stage
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import SupaDeployError
from supa_deploy.model import PendingMigration, Report
from supa_deploy.render.streams import write
from supa_deploy.run import Ask, Run
from supa_deploy.settings import Flags, bare, environment, load

Story = Callable[[Run], Report]

_LOOK_AROUND = 0.2  # seconds between two looks at the clock and at signals while somebody is asked


def execute(
    command: str,
    flags: Flags,
    story: Story,
    *,
    without_settings: bool = False,
) -> NoReturn:
    """Runs the story and leaves with its outcome's number. Settings that cannot be loaded end the run at once,
    but for a story that can say something `without_settings`."""
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
            reports=bool(flags.report) or stage.makes_summary,
        )
        if sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty():
            run.ask = _asker(run, stage)
        bugs.report_from_here(run, stage)
        report = run.fail(refused) if refused and not without_settings else _tell(run, story, flags.report)
        stage.show(run, report)
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


def _asker(run: Run, stage: Stage) -> Ask:
    """Shows what is pending and asks at the terminal, on stderr. Anything but yes is no, and so is silence until
    the time is up; a signal ends the run."""

    def ask(question: str, pending: tuple[PendingMigration, ...]) -> bool:
        from supa_deploy.render.look import to_text
        from supa_deploy.render.tables import words

        write(sys.stderr, to_text(words(pending), stage.look()))
        write(sys.stderr, f"{question} [y/N] ")
        while not select.select([sys.stdin], [], [], _LOOK_AROUND)[0]:
            if run.interrupt.requested or run.deadline.left <= 0:
                write(sys.stderr, "\n")
                run.check_interrupt()
                return False
        return sys.stdin.readline().strip().lower() in {"y", "yes"}

    return ask
