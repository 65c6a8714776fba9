"""What a check is told: the project's own settings of the rules, and what is known of its database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from supa_deploy.model import Severity

DEFAULT_EXPOSED = ("public", "graphql_public")


@dataclass(frozen=True, slots=True)
class Terms:
    """`ignore`: rules that are switched off; `severity`: rules whose severity the project chose; `exposed`: the
    schemas that the Data API shows (config.toml's `[api] schemas`)."""

    ignore: frozenset[str] = frozenset()
    severity: Mapping[str, Severity] = field(default_factory=lambda: MappingProxyType({}))
    exposed: tuple[str, ...] = DEFAULT_EXPOSED
