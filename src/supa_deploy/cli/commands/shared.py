"""The options that several commands share, each written once."""

from typing import Annotated

import typer

Only = Annotated[
    list[str] | None,
    typer.Option("--only", help="Only what this version created (repeatable).", metavar="VERSION"),
]
IncludeAll = Annotated[
    bool, typer.Option("--include-all", help="Also files older than the newest applied one.")
]
IncludeSeed = Annotated[bool, typer.Option("--include-seed", help="Also run the seed files of config.toml.")]
Diff = Annotated[
    bool, typer.Option("--diff/--no-diff", help="Compare the database with the files, on a scratch server.")
]
RequireApi = Annotated[
    bool, typer.Option("--require-api", help="A table that the Data API may not show is a failure (9).")
]
