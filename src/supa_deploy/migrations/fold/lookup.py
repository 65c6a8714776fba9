"""Collections of the fold that are asked by name: of ten thousand files, no question may look at all of them."""

from collections.abc import Iterator

from supa_deploy.migrations.fold.drafts import FunctionDraft
from supa_deploy.schema import QName


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
