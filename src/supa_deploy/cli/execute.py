"""One story, run and rendered: settings in, signals watched, the report out, the exit code."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import typer

from supa_deploy.cli import bugs
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import Interrupted, SupaDeployError
from supa_deploy.journal import Journal
from supa_deploy.model import PendingMigration, Report
from supa_deploy.render.progress import listener
from supa_deploy.render.streams import write
from supa_deploy.run import Run
from supa_deploy.secret import Redactor
from supa_deploy.settings import Flags, Output, Settings, environment, load

Story = Callable[[Run], Report]


def execute(command: str, flags: Flags, story: Story) -> NoReturn:
    """Runs the story and leaves with its outcome's number."""
    environ = environment()
    try:
        settings = load(flags, environ)
        failed_to_load = None
    except SupaDeployError as error:
        settings = Settings(workdir=Path.cwd(), output=flags.output, environ=environ)
        failed_to_load = error
    run = _run(command, flags, settings)
    bugs.report_from_here(run, flags.output)
    with _signals(run.interrupt):
        report = _tell(run, story) if failed_to_load is None else run.fail(failed_to_load)
    _show(run, report, flags)
    raise typer.Exit(report.outcome.exit_code)


def _run(command: str, flags: Flags, settings: Settings) -> Run:
    from supa_deploy.render.look import look_of

    look = look_of(sys.stderr, settings.environ, color=flags.color, verbosity=flags.verbosity)
    interrupt = Interrupt()
    return Run(
        command=command,
        settings=settings,
        deadline=Deadline.after(flags.timeout) if flags.timeout > 0 else Deadline.after(1),
        interrupt=interrupt,
        journal=Journal(listener(sys.stderr, look)),
        ask=_ask if sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty() else None,
    )


def _tell(run: Run, story: Story) -> Report:
    try:
        return story(run)
    except SupaDeployError as error:
        return run.fail(error)


def _show(run: Run, report: Report, flags: Flags) -> None:
    redact = Redactor((*run.settings.secrets, *run.secrets()))
    if flags.output is Output.JSON:
        from supa_deploy.render.json import to_json

        write(sys.stdout, redact(to_json(report)))
        return
    from supa_deploy.render.look import look_of
    from supa_deploy.render.screen import screen

    look = look_of(sys.stdout, run.settings.environ, color=flags.color, verbosity=flags.verbosity)
    write(sys.stdout, redact(screen(report, look)))


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


def _ask(question: str, pending: tuple[PendingMigration, ...]) -> bool:
    """Shows what is pending and asks at the terminal, on stderr. Anything but yes is no; a signal ends the run."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise Interrupted(
            "Stopped on request before anything was sent. The database was not touched.",
            terminated=number == signal.SIGTERM,
        )

    from supa_deploy.render.look import Look, to_text
    from supa_deploy.render.tables import words

    write(sys.stderr, to_text(words(pending), Look()))
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        write(sys.stderr, f"{question} [y/N] ")
        return sys.stdin.readline().strip().lower() in {"y", "yes"}
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
