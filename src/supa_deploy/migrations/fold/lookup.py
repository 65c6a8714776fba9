"""Collections of the fold that are asked by name: of ten thousand files, no question may look at all of them."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from supa_deploy.migrations.fold.drafts import FunctionDraft
from supa_deploy.schema import QName

_V = TypeVar("_V")


class Functions(dict[str, FunctionDraft]):
    """Functions by signature, and found by name too. The name is the one a function had when it was put in: whoever
    renames one takes it out first."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, QName] = {}
        self._keys: dict[QName, list[str]] = {}

    def __setitem__(self, key: str, draft: FunctionDraft) -> None:
        if key in self:
            self._forget(key)
        super().__setitem__(key, draft)
        self._names[key] = draft.value.name
        self._keys.setdefault(draft.value.name, []).append(key)

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self._forget(key)

    def take(self, key: str) -> FunctionDraft | None:
        """Takes one out; None when there is none of this signature."""
        draft = self.get(key)
        if draft is not None:
            del self[key]
        return draft

    def named(self, name: QName) -> Iterator[FunctionDraft]:
        """All overloads of a name, in the order they were made."""
        return (self[key] for key in tuple(self._keys.get(name, ())))

    def _forget(self, key: str) -> None:
        name = self._names.pop(key)
        keys = self._keys[name]
        keys.remove(key)
        if not keys:
            del self._keys[name]


class Owned(dict[QName, _V]):
    """Indexes or sequences by name, and found by their owner too. What is taken out goes by `del` or `take`."""

    def __init__(self, owner_of: Callable[[_V], QName]) -> None:
        super().__init__()
        self._owner_of = owner_of
        self._names: dict[QName, dict[QName, None]] = {}

    def __setitem__(self, name: QName, value: _V) -> None:
        self.take(name)
        super().__setitem__(name, value)
        self._names.setdefault(self._owner_of(value), {})[name] = None

    def __delitem__(self, name: QName) -> None:
        owner = self._owner_of(self[name])
        super().__delitem__(name)
        names = self._names[owner]
        del names[name]
        if not names:
            del self._names[owner]

    def take(self, name: QName) -> _V | None:
        """Takes one out; None when there is none of this name."""
        value = self.get(name)
        if value is not None:
            del self[name]
        return value

    def of(self, owner: QName) -> tuple[QName, ...]:
        """The names of all that this one owns."""
        return tuple(self._names.get(owner, ()))
