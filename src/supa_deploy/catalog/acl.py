"""Privileges as PostgreSQL keeps them (`anon=arw*/postgres`), read apart.

Source: PostgreSQL's documentation, 5.8 Privileges, table 5.1.
"""

from collections.abc import Iterable, Mapping

PUBLIC = "PUBLIC"
_LETTERS = {
    "a": "INSERT",
    "r": "SELECT",
    "w": "UPDATE",
    "d": "DELETE",
    "D": "TRUNCATE",
    "x": "REFERENCES",
    "t": "TRIGGER",
    "m": "MAINTAIN",
    "X": "EXECUTE",
    "U": "USAGE",
    "C": "CREATE",
    "c": "CONNECT",
    "T": "TEMPORARY",
    "s": "SET",
    "A": "ALTER SYSTEM",
}
GRANT_OPTION = " WITH GRANT OPTION"


def privileges_by_role(items: Iterable[str], owner: str | None) -> Mapping[str, tuple[str, ...]]:
    """The privileges of every grantee but the owner, sorted; a privilege that may be passed on says so.

    Raises ValueError for what is no aclitem.
    """
    found: dict[str, set[str]] = {}
    for item in items:
        role, letters = _split(item)
        if role != owner:
            found.setdefault(role, set()).update(_words(letters))
    return {role: tuple(sorted(privileges)) for role, privileges in found.items() if privileges}


def _split(item: str) -> tuple[str, str]:
    """The grantee and the letters of one aclitem."""
    if item.startswith('"'):
        end = item.index('"=', 1)
        while item[1:end].count('"') % 2:  # a quote in a name is doubled
            end = item.index('"=', end + 1)
        role, rest = item[1:end].replace('""', '"'), item[end + 2 :]
    else:
        role, sign, rest = item.partition("=")
        if not sign:
            raise ValueError("no aclitem")
    return role or PUBLIC, rest.partition("/")[0]


def _words(letters: str) -> Iterable[str]:
    for at, letter in enumerate(letters):
        if letter != "*":
            passes_on = letters[at + 1 : at + 2] == "*"
            yield _LETTERS.get(letter, letter) + (GRANT_OPTION if passes_on else "")
