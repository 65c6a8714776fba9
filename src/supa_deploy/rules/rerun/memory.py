"""What is there while a file is played twice: after the first run each thing that it touches is there or gone, and the
second run is judged against that."""

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from supa_deploy.rules.rerun.acts import Act, Key, Verb
from supa_deploy.rules.rerun.rules import CONSTRAINT, DROP_IN_USE
from supa_deploy.rules.values import Found


class Memory:
    """`there` says of each thing that the file has touched whether it is there (None: nobody knows); `gone` are the
    tables and columns that are not."""

    def __init__(self) -> None:
        self.there: dict[Key, bool | None] = {}
        self.gone: set[Key] = set()
        self._second = False
        self._parts: dict[Key, set[Key]] = {}
        self._leaning: dict[Key, set[Key]] = {}
        self._overloads: dict[tuple[str, str], set[Key]] = {}
        self._empty: set[Key] = set()

    def second_run(self) -> None:
        """From here on acts are judged."""
        self._second = True
        self._empty.clear()

    def _set(self, key: Key, there: bool | None) -> None:
        self.there[key] = there
        if key.space in {"relation", "column"}:
            (self.gone.add if there is False else self.gone.discard)(key)

    def play(self, acts: Iterable[Act]) -> Iterator[Found]:
        """Does one statement's acts; what a second run makes of them."""
        acts = tuple(acts)
        together = frozenset(key for act in acts if act.verb is Verb.TAKE for key in self._meant(act.key))
        for act in acts:
            if act.on is not None and self.there.get(act.on) is False:
                continue
            found = self._DOES[act.verb](self, act)
            if found is None and act.verb is Verb.TAKE:
                found = self._in_use(act, together)
                self._remove_all(act)
            if found is not None and self._second:
                yield found

    def _make(self, act: Act) -> Found | None:
        if self.there.get(act.key):
            if not act.guarded:
                return _found(act, _again(act))
            self._links(act)
            return None
        self._put(act)
        self._empty.add(act.key)
        return None

    def _put(self, act: Act) -> None:
        self._set(act.key, True)
        self._links(act)
        for inner in act.inner:
            self._put(inner)

    def _links(self, act: Act) -> None:
        for other in (*act.hangs, *((act.key.owner,) if act.key.owner else ())):
            self._parts.setdefault(other, set()).add(act.key)
        for other in act.leans:
            self._leaning.setdefault(other, set()).add(act.key)
        if act.key.space == "function":
            self._overloads.setdefault((act.key.schema, _base(act.key)), set()).add(act.key)

    def _take(self, act: Act) -> Found | None:
        meant = self._meant(act.key)
        if all(self.there.get(key) is False for key in meant) and not act.guarded:
            return _found(
                act, f"{act.words} is gone when this file runs a second time, and the statement fails."
            )
        return None

    def _remove_all(self, act: Act) -> None:
        for key in self._meant(act.key):
            self._remove(key, cascade=act.cascade)
        self._set(act.key, False)

    def _meant(self, key: Key) -> list[Key]:
        """The things that a name stands for: a function's without its types is that of any overload."""
        if key.space != "function" or "(" in key.name:
            return [key]
        known = self._overloads.get((key.schema, key.name), set())
        return [one for one in known if self.there.get(one)] or [*known, key]

    def _in_use(self, act: Act, together: frozenset[Key]) -> Found | None:
        if not self._second or act.cascade:
            return None
        for key in self._meant(act.key):
            if not self.there.get(key):
                continue
            going = self._below(key) | together
            for user in sorted(self._users(key, going)):
                text = (
                    f"{act.words} is in use when this file runs a second time: {_words(user)} depends on it."
                )
                return Found(DROP_IN_USE, act.byte, text)
        return None

    def _users(self, key: Key, going: set[Key] | frozenset[Key]) -> Iterator[Key]:
        for one in (key, *going):
            for user in self._leaners(one):
                if self.there.get(user) and user not in going:
                    owner = user.owner
                    if owner is None or owner not in going:
                        yield user

    def _leaners(self, key: Key) -> set[Key]:
        found = set(self._leaning.get(key, ()))
        if key.space == "function" and len(self._overloads.get((key.schema, _base(key)), ())) == 1:
            found |= self._leaning.get(Key("call", key.schema, "", _base(key)), set())
        return found

    def _below(self, key: Key) -> set[Key]:
        """A thing with all its parts."""
        found = {key}
        queue = [key]
        while queue:
            for part in self._parts.get(queue.pop(), ()):
                if part not in found:
                    found.add(part)
                    queue.append(part)
        return found

    def _remove(self, key: Key, *, cascade: bool) -> None:
        going = [key]
        seen = {key}
        while going:
            one = going.pop()
            if one in self.there or one == key:
                self._set(one, False)
            more = set(self._parts.get(one, ()))
            if cascade:
                more |= self._leaners(one)
            going += more - seen
            seen |= more

    def _move(self, act: Act) -> Found | None:
        target = act.to
        if target is None:
            return None
        if self.there.get(act.key) is False:
            if act.guarded or self.there.get(target) is None:
                return None
            return _found(
                act, f"{act.words} has its new name when this file runs a second time; the statement fails."
            )
        if self.there.get(target):
            return _found(act, f"The new name of {act.words} is taken when this file runs a second time.")
        self._rename(act.key, target)
        return None

    def _rename(self, old: Key, new: Key) -> None:
        parts = [part for part in self._parts.get(old, ()) if part.owner == old]
        for part in parts:
            moved = Key(part.space, new.schema, new.name, part.name)
            state = self.there.get(part)
            self._set(part, False)
            self._set(moved, state)
            self._parts.setdefault(new, set()).add(moved)
        self._parts.setdefault(new, set()).update(self._parts.get(old, set()) - set(parts))
        self._leaning.setdefault(new, set()).update(self._leaning.get(old, set()))
        self._set(old, False)
        self._set(new, True)
        if new.owner is not None:
            self._parts.setdefault(new.owner, set()).add(new)
        if new.space == "function":
            self._overloads.setdefault((new.schema, _base(new)), set()).add(new)
        if old in self._empty:
            self._empty.add(new)

    def _is_emptied(self, act: Act) -> None:
        self._empty.add(act.key)

    def _fill(self, act: Act) -> Found | None:
        return None if act.key in self._empty else _found(act, act.message or "")

    def _always(self, act: Act) -> Found | None:
        return _found(act, act.message or "")

    def _doubt(self, act: Act) -> None:
        for key in self._below(act.key):
            self._set(key, None)
        self._empty.add(act.key)

    def _forget(self, act: Act) -> None:
        del act
        self._empty.update(key for key in self.there if key.space == "relation")
        self.there = dict.fromkeys(self.there)
        self.gone.clear()

    _DOES: ClassVar[dict[Verb, Callable[["Memory", Act], Found | None]]] = {
        Verb.MAKE: _make,
        Verb.TAKE: _take,
        Verb.MOVE: _move,
        Verb.EMPTY: _is_emptied,
        Verb.FILL: _fill,
        Verb.ALWAYS: _always,
        Verb.DOUBT: _doubt,
        Verb.FORGET: _forget,
    }


def _found(act: Act, text: str) -> Found | None:
    return Found(act.rule, act.byte, text) if act.rule is not None else None


def _again(act: Act) -> str:
    if act.message is not None:
        return act.message
    if act.unnamed and act.rule is not None:
        kind = "constraint" if act.rule is CONSTRAINT else "index"
        return f"{act.words} gets no name here, so a second run of this file makes another {kind} like it."
    return f"{act.words} is there when this file runs a second time, and the statement fails."


def _base(key: Key) -> str:
    return key.name.partition("(")[0]


def _words(key: Key) -> str:
    where = f" of {key.schema}.{key.table}" if key.table else ""
    kind = "table or view" if key.space == "relation" else key.space
    return f"{kind} {key.name}{where}"
