"""The Data API (PostgREST) as an object that answers questions about a schema, and can do nothing else."""

from supa_deploy.postgrest.answers import ProbeAnswer, Said
from supa_deploy.postgrest.client import DataApi, ask, rest_url
from supa_deploy.postgrest.probes import RootProbe
from supa_deploy.postgrest.root import Root, RootClosed, RootReading, ShownColumn, ShownRelation, parse_root

__all__ = [
    "DataApi",
    "ProbeAnswer",
    "Root",
    "RootClosed",
    "RootProbe",
    "RootReading",
    "Said",
    "ShownColumn",
    "ShownRelation",
    "ask",
    "parse_root",
    "rest_url",
]
