"""CLI versions as numbers that can be compared."""

import re
from typing import NamedTuple

_VERSION = re.compile(r"(?<![\d.])v?(\d+)\.(\d+)\.(\d+)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?(?![\d.])")


class Version(NamedTuple):
    """A release; a pre-release counts as the release it leads to."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def parse_version(text: str) -> Version | None:
    """The first version in a text (`3.1.0`, `v2.40.7`, `Supabase CLI 2.99.0-beta.1`), None when there is none."""
    found = _VERSION.search(text)
    return Version(*(int(part) for part in found.groups())) if found else None
