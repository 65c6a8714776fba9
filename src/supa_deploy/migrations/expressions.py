"""Expressions that the fold keeps as text (conditions of policies, predicates of indexes), read again."""

from functools import lru_cache

from supa_deploy.migrations.tree import Node, statements


@lru_cache(maxsize=4096)
def expression(text: str) -> Node | None:
    """The tree of an SQL expression, its positions without meaning; None when it does not parse. Files repeat the same
    few expressions, so the last ones are kept."""
    from pgparse import PGQueryError, parse

    try:
        # Brackets and line ends: the text may hold a comma or end in a comment.
        tree = parse(f"SELECT (\n{text}\n)")
    except PGQueryError:
        return None
    for select, _, _ in statements(tree):
        for target in select.nodes("targetList"):
            return target.child("val")
    return None
