"""Whoever sits at the terminal, as a story sees them. Only `cli` knows how they are asked."""

from collections.abc import Sequence
from typing import Protocol

from supa_deploy.model import PendingMigration
from supa_deploy.secret import Secret


class Person(Protocol):
    """Answers questions. Silence until the run's time is up is the answer no, or None; a signal ends the run
    (Interrupted, as long as nothing has been sent)."""

    def agrees(
        self, question: str, pending: tuple[PendingMigration, ...] = (), *, default: bool = False
    ) -> bool:
        """Yes or no; the pending files are shown first, in words. `default` is what an empty answer means."""
        ...

    def types(self, question: str, word: str) -> bool:
        """True when exactly this word was typed."""
        ...

    def confides(self, question: str) -> Secret | None:
        """A secret, not shown while it is typed. None for an empty answer, and when nobody answers."""
        ...

    def picks(self, question: str, choices: Sequence[str], *, default: int | None = None) -> int | None:
        """The index of one of the choices, which are shown as a numbered list. None when nobody answers."""
        ...

    def hears(self, text: str) -> None:
        """Lines shown between questions; they are made safe before."""
        ...
