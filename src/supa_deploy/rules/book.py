"""Every rule there is, by topic; and which reader finds it."""

from supa_deploy.rules import danger, indexes, rerun, security, sending, syntax
from supa_deploy.rules.ignoring import RULES as COMMENT_RULES
from supa_deploy.rules.order import RULES as ORDER_RULES
from supa_deploy.rules.squawk import RULES as SQUAWK_RULES
from supa_deploy.rules.values import Rule

TOPICS = (syntax, rerun, security, sending, danger, indexes)
"""Each has RULES and READERS; the order of names and squawk need more than one file's statements, see `walk`."""

_ALL = (
    *(rule for topic in TOPICS for rule in topic.RULES),
    *ORDER_RULES,
    *SQUAWK_RULES,
    *COMMENT_RULES,
)
RULES: dict[str, Rule] = {rule.id: rule for rule in _ALL}
