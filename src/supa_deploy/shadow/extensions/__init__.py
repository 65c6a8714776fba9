"""Stand-ins for extensions whose files the scratch PostgreSQL lacks: names and shapes, no behaviour to rely on.

They exist in a private copy of an installation and nowhere else; nothing here is ever sent to a user's database.
"""

from supa_deploy.shadow.extensions.known import STAND_INS, StandIn
from supa_deploy.shadow.extensions.prepare import Prepared, prepared
from supa_deploy.shadow.extensions.rewrite import for_stand_ins

__all__ = ["STAND_INS", "Prepared", "StandIn", "for_stand_ins", "prepared"]
