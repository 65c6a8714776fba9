"""`check --explain` and `check --list`: what the rules are about; no project is needed."""

import sys
from importlib import resources
from typing import NoReturn

import typer

from supa_deploy.render.look import look_of
from supa_deploy.render.streams import write
from supa_deploy.settings import Flags, environment


def explain_or_list(flags: Flags, rule: str | None) -> NoReturn:
    """Prints one rule's page, or the table of all; usage error (2) for a rule that there is not."""
    from supa_deploy.render.pages import explain, rule_table
    from supa_deploy.rules.book import RULES

    look = look_of(sys.stdout, environment(), color=flags.color)
    if rule is None:
        write(sys.stdout, rule_table(RULES.values(), look))
        raise typer.Exit
    if rule not in RULES:
        raise typer.BadParameter(f"there is no rule {rule}; --list has them all", param_hint="--explain")
    page = resources.files("supa_deploy.rules").joinpath("pages", f"{rule}.md").read_text("utf-8")
    write(sys.stdout, explain(page, look))
    raise typer.Exit
