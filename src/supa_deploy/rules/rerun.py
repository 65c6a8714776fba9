"""Statements that fail, or act twice, when a file runs a second time."""

from supa_deploy.rules.sight import Readers
from supa_deploy.rules.values import Rule

RULES: tuple[Rule, ...] = ()
READERS = Readers()
