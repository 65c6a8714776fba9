"""Statements that fail, or act twice, when a file runs a second time.

A file is played twice on what it touches (`memory`): the first run says what is there in the end, the second is judged
against that. So only what a second run of this very file, right after itself, would meet counts.
"""

from supa_deploy.rules.rerun.rules import RULES
from supa_deploy.rules.rerun.twice import twice
from supa_deploy.rules.sight import Readers

READERS = Readers(files=(twice,))
__all__ = ["READERS", "RULES"]
