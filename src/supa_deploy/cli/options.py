"""The options that every command takes, written once."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from supa_deploy.settings import Flags, Output

_COMMON: tuple[tuple[str, Any, object], ...] = (
    (
        "workdir",
        Annotated[
            Path | None,
            typer.Option(
                help="The folder that holds supabase/. Default: searched upward, as the Supabase CLI does.",
                metavar="DIR",
                show_default=False,
            ),
        ],
        None,
    ),
    (
        "env_file",
        Annotated[
            Path | None,
            typer.Option(
                help="Default: .env beside supabase/, then supabase/.env.", metavar="FILE", show_default=False
            ),
        ],
        None,
    ),
    (
        "environment",
        Annotated[
            str | None,
            typer.Option(
                "--env",
                help="An environment by name: its settings stand in .env.NAME, and nothing is taken from .env.",
                metavar="NAME",
                show_default=False,
            ),
        ],
        None,
    ),
    (
        "project_ref",
        Annotated[
            str | None,
            typer.Option(
                help="The linked project (20 lowercase letters).", metavar="REF", show_default=False
            ),
        ],
        None,
    ),
    (
        "db_url",
        Annotated[
            str | None,
            typer.Option(
                help="A PostgreSQL database instead of a linked project, without its password: "
                "that belongs in SUPABASE_DB_URL or PGPASSWORD.",
                metavar="URL",
                show_default=False,
            ),
        ],
        None,
    ),
    (
        "supabase_bin",
        Annotated[
            Path | None,
            typer.Option(
                help="Which Supabase CLI. Default: node_modules/.bin upward, then PATH, then npx.",
                metavar="PATH",
                show_default=False,
            ),
        ],
        None,
    ),
    (
        "report",
        Annotated[
            list[Path] | None,
            typer.Option(
                help="Also write the report to this file (repeatable): .md, .html, .json, .xml (JUnit), .sarif.",
                metavar="FILE",
                show_default=False,
            ),
        ],
        None,
    ),
    (
        "output",
        Annotated[Output, typer.Option(help="What stdout carries: a page to read, or one JSON document.")],
        Output.TEXT,
    ),
    ("timeout", Annotated[float, typer.Option(help="Seconds for the whole run.", metavar="SECONDS")], 600.0),
    (
        "quiet",
        Annotated[bool, typer.Option("--quiet", "-q", help="Only what went wrong, and the last line.")],
        False,
    ),
    (
        "verbose",
        Annotated[
            int,
            typer.Option(
                "--verbose", "-v", count=True, help="Also what no witness can see.", show_default=False
            ),
        ],
        0,
    ),
    ("no_color", Annotated[bool, typer.Option("--no-color", help="No colour, also on a terminal.")], False),
)


def with_common_options(story: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the common options after its own; they reach it as one `flags: Flags` argument."""

    def command(**values: Any) -> None:
        common = {name: values.pop(name) for name, _, _ in _COMMON}
        quiet, verbose = common.pop("quiet"), common.pop("verbose")
        common["report"] = tuple(common["report"] or ())
        color = False if common.pop("no_color") else None
        story(flags=Flags(**common, verbosity=-1 if quiet else verbose, color=color), **values)

    own = [p for p in inspect.signature(story).parameters.values() if p.name != "flags"]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, annotation, default in _COMMON
    ]
    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + shared
    command.__name__ = story.__name__
    command.__doc__ = story.__doc__
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    vars(command)["__signature__"] = inspect.Signature(parameters)
    return command
