"""Features made of tables and keys alone, for diagrams; pages as trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import html5lib
import pytest

from supa_deploy.model import Counts, Feature, FileAccount, Impact
from supa_deploy.schema import Column, Constraint, ConstraintKind, ForeignKey, Origin, QName, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from xml.etree.ElementTree import Element

HERE = Origin("1", "1_a.sql", 1)


@pytest.fixture
def tables_of() -> Callable[[Mapping[str, Sequence[str]]], Feature]:
    """A feature of new tables, each with an id and a column for each table that it points to."""

    def make(points_to: Mapping[str, Sequence[str]], columns: int = 0) -> Feature:
        tables = tuple(_table(name, targets, columns) for name, targets in points_to.items())
        account = FileAccount("1", "a", "1_a.sql", "a", tables)
        return Feature((account,), Impact(Counts(), Counts()), tables)

    return make


@pytest.fixture
def tree_of() -> Callable[[str], Element]:
    """A page as a browser would read it."""
    return lambda page: html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def _table(name: str, targets: Sequence[str], columns: int) -> Table:
    own = {"id": Column("id", "uuid", HERE, nullable=False)}
    own |= {f"{target}_id": Column(f"{target}_id", "uuid", HERE) for target in targets}
    own |= {f"c{number}": Column(f"c{number}", "text", HERE) for number in range(columns)}
    keys = {
        f"{name}_{target}_fkey": ForeignKey(
            f"{name}_{target}_fkey", (f"{target}_id",), QName("public", target), ("id",), HERE
        )
        for target in targets
    }
    primary = {f"{name}_pkey": Constraint(f"{name}_pkey", ConstraintKind.PRIMARY_KEY, HERE, ("id",))}
    return Table(QName("public", name), HERE, columns=own, foreign_keys=keys, constraints=primary)
