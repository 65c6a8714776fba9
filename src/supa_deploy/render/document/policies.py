"""Policies in words: how many for which command, for whom, and whose rows they let through."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache

from supa_deploy.render.text import listing
from supa_deploy.schema import Policy, Table

_COMMANDS = ("ALL", "SELECT", "INSERT", "UPDATE", "DELETE")
_NAME = r'("[^"]+"|[a-z_][a-z0-9_$]*)'
_UID = r"\(?\s*(?:select\s+)?auth\.uid\(\)\s*\)?"
_OWN_ROWS = re.compile(rf"\(?\s*(?:{_UID}\s*=\s*{_NAME}|{_NAME}\s*=\s*{_UID})\s*\)?", re.IGNORECASE)


def by_command(policies: Collection[Policy]) -> str:
    """`4 (SELECT, INSERT, UPDATE, DELETE)`, `3 (2 SELECT, INSERT)`; `none`."""
    if not policies:
        return "none"
    return f"{len(policies):,} ({', '.join(commands(policies))})"


def commands(policies: Iterable[Policy]) -> list[str]:
    """Each command with its number where it is more than one."""
    numbers = Counter(policy.command for policy in policies)
    order = [*_COMMANDS, *(command for command in numbers if command not in _COMMANDS)]
    return [
        f"{numbers[command]} {command}" if numbers[command] > 1 else command
        for command in order
        if numbers[command]
    ]


def roles(policies: Iterable[Policy]) -> list[str]:
    """The roles that the policies are for, by name; `everyone` for PostgreSQL's public."""
    found = {role for policy in policies for role in policy.roles}
    return sorted("everyone" if role == "public" else role for role in found)


def scope(policies: Collection[Policy]) -> str:
    """`all scoped to user_id` where each condition is nothing but `auth.uid() = COLUMN`, else what can be said."""
    scopes = [_scope(policy) for policy in policies]
    columns = {column for column in scopes if column}
    if not columns:
        return ""
    named = listing(sorted(columns))
    if all(scopes):
        return f"{'all ' if len(scopes) > 1 else ''}scoped to {named}"
    return f"{sum(bool(column) for column in scopes)} of {len(scopes)} scoped to {named}"


def is_open(policy: Policy) -> bool:
    """True when the policy lets rows through whatever they hold and whoever asks."""
    if not policy.permissive:
        return False
    using, check = _is_true(policy.using), _is_true(policy.check)
    return check if policy.command == "INSERT" else using or (check and policy.command == "ALL")


def for_visitors(policy: Policy) -> bool:
    """True when the policy counts for those who are not signed in."""
    return policy.permissive and bool({"anon", "public"}.intersection(policy.roles))


def open_words(table_name: str, policy: Policy) -> str:
    """`templates: SELECT for anon and authenticated, every row`."""
    what = "every row" if is_open(policy) else "by its condition"
    return f"{table_name}: {policy.command} for {listing(roles((policy,)))}, {what}"


def in_words(table: Table, policies: Collection[Policy]) -> str:
    """`4 (SELECT, INSERT, UPDATE, DELETE), for authenticated, all scoped to user_id`."""
    if not policies:
        return "none"
    parts = [by_command(policies), f"for {listing(roles(policies))}", scope(policies)]
    restrictive = sum(not policy.permissive for policy in policies)
    parts.append(f"{restrictive:,} of them restrictive" if restrictive else "")
    if table.rls is None and not table.assumed:
        parts.append("without effect while row-level security is off")
    return ", ".join(part for part in parts if part)


def _scope(policy: Policy) -> str | None:
    """The column that a policy holds against auth.uid(), when that is all its conditions say."""
    conditions = [text for text in (policy.using, policy.check) if text]
    found = [_OWN_ROWS.fullmatch(text.strip()) for text in conditions]
    names = {match.group(1) or match.group(2) for match in found if match}
    if not conditions or not all(found) or len(names) != 1:
        return None
    return names.pop().strip('"')


@lru_cache(maxsize=4096)
def _is_true(condition: str | None) -> bool:
    if condition is None:
        return False
    from supa_deploy.migrations.expressions import expression
    from supa_deploy.rules.security.conditions import truth

    return truth(expression(condition)) is True
