"""One onboarding under way: what is known by now, who is asked, and where every checked answer is kept at once, so
that a second run goes on from there."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeVar

from supa_deploy.clock import Deadline
from supa_deploy.errors import SupaDeployError
from supa_deploy.model import Diagnostic
from supa_deploy.onboard.envfile import EnvFile, place_of, values_of
from supa_deploy.onboard.git import Git
from supa_deploy.outcome import Outcome
from supa_deploy.person import Person
from supa_deploy.run import Run
from supa_deploy.secret import Secret
from supa_deploy.settings import Settings

T = TypeVar("T")

_TOLD = frozenset({"environment", "flag"})


class GivenUp(SupaDeployError):
    """Asked, and no answer given."""

    outcome = Outcome.DECLINED


@dataclass(frozen=True, slots=True)
class OnboardOptions:
    """What an onboarding was asked for. None: the person is asked, and without one it is not done."""

    yes: bool = False
    include_seed: bool | None = None
    workflow: bool | None = None


@dataclass(slots=True)
class Setup:
    """What the steps share. `learned` are secrets that were typed or fetched, the refused ones too: they are hidden
    all the same. `saved`: the env file holds what was checked."""

    run: Run
    options: OnboardOptions
    env_file: EnvFile
    learned: list[Secret] = field(default_factory=list)
    saved: bool = False

    @classmethod
    def of(cls, run: Run, options: OnboardOptions) -> "Setup":
        """The setup of a run that begins."""
        path = place_of(run.settings)
        setup = cls(run, options, EnvFile(path, Git(path.parent, run.settings.environ)))
        run.secrets = lambda: tuple(setup.learned)
        return setup

    @property
    def settings(self) -> Settings:
        """The settings as they are by now."""
        return self.run.settings

    @property
    def person(self) -> Person | None:
        """Whoever can be asked."""
        return self.run.person

    def is_told(self, name: str) -> bool:
        """True for a setting of a flag or of the process environment: these rank above the env file, so no answer
        could change it."""
        return self.settings.sources.get(name) in _TOLD

    def found(self, check: str, detail: str, *, ok: bool | None = True, next_step: str | None = None) -> None:
        """Notes what exists now, for the last screen. A later finding of the same name replaces the earlier."""
        kept = tuple(known for known in self.run.draft.diagnostics if known.check != check)
        self.run.draft.diagnostics = (*kept, Diagnostic(check, ok=ok, detail=detail, next=next_step))

    def know(self, name: str, source: str, **values: Any) -> None:
        """From now on the settings hold these values; `source` says where `name` came from."""
        sources = MappingProxyType({**self.settings.sources, name: source})
        self.run.settings = replace(self.settings, sources=sources, **values)

    def keep(self) -> None:
        """Writes what is known into the env file, at once."""
        self.env_file.write(values_of(self.settings))
        self.saved = True
        open_file = f"{self.env_file.name} can be read by others"  # which is mended now
        warnings = tuple(said for said in self.settings.warnings if not said.startswith(open_file))
        self.run.settings = replace(self.settings, warnings=warnings)

    def confided(self, question: str, *, may_be_empty: bool = False) -> Secret | None:
        """A secret from the person. An empty answer is None where it `may_be_empty`; elsewhere a second one ends the
        run. Raises GivenUp then, and when nobody answers in time."""

        def ask(person: Person) -> Secret | None:
            answer = person.confides(question)
            if answer is None and not may_be_empty and self.run.deadline.left > 0:
                person.hears("Nothing was typed. Press Enter once more to stop here.")
                answer = person.confides(question)
            if answer is not None:
                self.learned.append(answer)
            elif not may_be_empty:
                raise self.given_up()
            return answer

        return self.ask(ask)

    def ask(self, question: Callable[[Person], T]) -> T:
        """Puts a question; the clock starts anew with its answer: people take the time they need. Raises GivenUp when
        nobody answers in time, or nobody is there."""
        if self.person is None:
            raise self.given_up()
        answer = question(self.person)
        if self.run.deadline.left <= 0:
            raise self.given_up()
        self.run.deadline = Deadline.after(max(self.settings.timeout, 1.0))
        return answer

    def agrees(self, question: str, *, default: bool) -> bool:
        """Yes or no; without a person it is no."""
        if self.person is None:
            return False
        return self.ask(lambda person: person.agrees(question, default=default))

    def given_up(self) -> GivenUp:
        """The error for a question without an answer."""
        late = self.run.deadline.left <= 0
        return GivenUp(
            f"{'Nobody answered in time' if late else 'Stopped, because a question got no answer'}. Nothing was sent "
            f"to the database.{self.kept}",
            hint="Run the same command again: it goes on from here.",
            code="declined",
        )

    @property
    def kept(self) -> str:
        """What is kept of the answers, as a sentence to append (empty when nothing is)."""
        return f" What was checked by then is kept in {self.env_file.name}." if self.saved else ""
