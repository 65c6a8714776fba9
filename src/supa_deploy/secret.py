"""Secrets as a type, and the one place that takes them out of text."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

_HIDDEN = "[secret]"
_SHORTEST = 4  # a shorter value would blank out ordinary words
# What is a secret by its look, whoever it belongs to: keys and tokens of Supabase, and signed web tokens. A schema
# may hold one that no setting names: a webhook made in the Dashboard carries the project's key in its trigger.
_BY_LOOK = re.compile(
    r"sb_secret_[A-Za-z0-9_-]{8,}|sbp_(?:oauth_)?[a-f0-9]{40}|"
    r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
)


class Secret:
    """A value that does not show itself: `str`, `repr` and f-strings give `[secret]`.

    `reveal()` is the only way to the value; grep for it to see every place a secret can leave through.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for a child's environment or a request header."""
        return self._value

    def forms(self) -> tuple[str, ...]:
        """The spellings under which the value could surface: plain, percent-encoded in the usual ways, and as
        JSON and Python write it."""
        plain = self._value
        encoded = (quote(plain, safe=""), quote(plain), quote_plus(plain), quote(plain, safe="!*'()~-._"))
        lower = tuple(_lower_escapes(text) for text in encoded)
        in_json = (json.dumps(plain)[1:-1], json.dumps(plain, ensure_ascii=False)[1:-1])
        in_python = (repr(plain)[1:-1], ascii(plain)[1:-1], repr(plain.encode(errors="replace"))[2:-1])
        return tuple(dict.fromkeys((plain, *encoded, *lower, *in_json, *in_python)))

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return _HIDDEN

    __str__ = __repr__


class Redactor:
    """Replaces every form of the given secrets in a text by `[secret]`, and whatever is one by its look."""

    __slots__ = ("_forms",)

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        forms = {form for secret in secrets for form in secret.forms() if len(form) >= _SHORTEST}
        self._forms = tuple(sorted(forms, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """The text with each secret hidden; longest form first, so that no tail of one is left."""
        for form in self._forms:
            text = text.replace(form, _HIDDEN)
        return _BY_LOOK.sub(_HIDDEN, text)


def _lower_escapes(text: str) -> str:
    parts = text.split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])
