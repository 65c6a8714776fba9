"""A scratch PostgreSQL: its programs, a server of our own (or one that is given), and databases in it that hold what
a Supabase database holds before the first migration."""

from supa_deploy.shadow.databases import ShadowDatabase
from supa_deploy.shadow.find import (
    DockerOnly,
    Found,
    GivenServer,
    NoServer,
    OwnServer,
    docker_version,
    find_server,
)
from supa_deploy.shadow.postgres import ShadowUnavailable
from supa_deploy.shadow.server import Shadow

__all__ = [
    "DockerOnly",
    "Found",
    "GivenServer",
    "NoServer",
    "OwnServer",
    "Shadow",
    "ShadowDatabase",
    "ShadowUnavailable",
    "docker_version",
    "find_server",
]
