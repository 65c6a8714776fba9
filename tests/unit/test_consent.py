"""What counts as production, and what is asked before anything is sent there."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.consent import agreed, is_production
from supa_deploy.journal import Journal
from supa_deploy.migrations import Migration
from supa_deploy.planning import make_plan
from supa_deploy.run import Run
from supa_deploy.settings import Settings


@pytest.mark.parametrize(
    "name", ["production", "prod", "Production", "prod-eu", "acme production", "eu_prod", "PROD2"]
)
def test_production_by_any_spelling(name: str) -> None:
    assert is_production(name)


@pytest.mark.parametrize(
    "name", [None, "", "staging", "product-catalog", "reproduction", "productions", "prodigy"]
)
def test_other_names(name: str | None) -> None:
    assert not is_production(name)


@dataclass
class Scripted:
    """A person who says yes to questions and types one thing."""

    typed: str
    questions: list[str] = field(default_factory=list)

    def agrees(self, question: str, *_: object) -> bool:
        self.questions.append(question)
        return True

    def types(self, question: str, word: str) -> bool:
        self.questions.append(question)
        return self.typed == word


@pytest.mark.parametrize(
    ("environment", "project", "typed", "goes_on"),
    [
        ("production", "acme", "production", True),
        ("production", "acme", "yes", False),
        ("production", "acme", "", False),
        (None, "Acme production", "Acme production", True),
        (None, "Acme production", "production", False),
        ("eu", "acme-prod", "acme-prod", True),
        ("eu", "acme-prod", "eu", False),
        ("staging", "acme", "", True),
        (None, None, "", True),
    ],
)
def test_production_wants_its_own_name(
    environment: str | None, project: str | None, typed: str, goes_on: bool
) -> None:
    person = Scripted(typed)
    run = Run(
        "deploy",
        Settings(Path.cwd(), environment=environment),
        Deadline.after(60),
        Interrupt(),
        Journal(),
        person=person,  # type: ignore[arg-type]  # only what is asked here
    )
    run.draft.target = "project x"
    release = SimpleNamespace(run=run, remote=SimpleNamespace(project_name=project))
    plan = make_plan([Migration("1", "a", "supabase/migrations/1_a.sql", Path("1_a.sql"))], ())
    said = agreed(release, plan, roles=False, seed=True)  # type: ignore[arg-type]  # likewise
    assert said is goes_on
    where = f"project x ({environment})" if environment else "project x"
    assert person.questions[0] == f"Apply 1 migration and run the seed files on {where}?"
