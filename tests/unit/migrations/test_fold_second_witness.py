"""What only the catalog can confirm: publications, NOT VALID, triggers switched off, and what was taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.schema import DroppedKind, QName

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.schema import Schema

T = QName("public", "t")
TABLE = "create table t (a int, b int constraint u unique);"
_KEY = "alter table t add constraint c foreign key (a) references t (b)"


@pytest.mark.parametrize(
    ("text", "members", "left"),
    [
        ("create publication p for table t;", {"p"}, set()),
        ("create publication p for all tables;", set(), set()),
        ("alter publication p add table public.t;", {"p"}, set()),
        ("alter publication p add table t; alter publication p drop table t;", set(), {"p"}),
        ("alter publication p add table t; alter publication p set table other;", set(), {"p"}),
        ("alter publication p add table t; alter publication p rename to q;", {"q"}, {"p"}),
        ("alter publication p add table t; drop publication p;", set(), {"p"}),
    ],
)
def test_publications_are_followed(
    folded: Callable[..., Schema], text: str, members: set[str], left: set[str]
) -> None:
    schema = folded(TABLE, text)
    assert set(schema.tables[T].publications) == members
    assert {d.member for d in schema.dropped if d.kind is DroppedKind.PUBLICATION} == left


def test_a_membership_follows_its_table(folded: Callable[..., Schema]) -> None:
    schema = folded(TABLE, "alter publication p add table t; alter table t rename to s;")
    assert set(schema.tables[QName("public", "s")].publications) == {"p"}


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("alter table t add constraint c check (a > 0);", True),
        ("alter table t add constraint c check (a > 0) not valid;", False),
        (
            "alter table t add constraint c check (a > 0) not valid; alter table t validate constraint c;",
            True,
        ),
        (f"{_KEY} not valid;", False),
        (f"{_KEY} not valid; alter table t validate constraint c;", True),
    ],
)
def test_not_valid_is_remembered(folded: Callable[..., Schema], text: str, valid: bool) -> None:
    table = folded(TABLE, text).tables[T]
    found = table.constraints.get("c") or table.foreign_keys["c"]
    assert found.valid is valid


@pytest.mark.parametrize(
    ("text", "enabled"),
    [
        ("", True),
        ("alter table t disable trigger g;", False),
        ("alter table t disable trigger user;", False),
        ("alter table t disable trigger other;", True),
        ("alter table t disable trigger all; alter table t enable trigger all;", True),
        ("alter table t disable trigger g; alter table t enable always trigger g;", True),
        ("alter table t enable replica trigger g;", False),
    ],
)
def test_triggers_that_are_switched_off_are_remembered(
    folded: Callable[..., Schema], text: str, enabled: bool
) -> None:
    trigger = "create trigger g before update on t for each row execute function f();"
    assert folded(TABLE + trigger + text).tables[T].triggers["g"].enabled is enabled


@pytest.mark.parametrize(
    ("make", "drop", "kind", "name", "member"),
    [
        ("create index i on t (a);", "drop index i;", DroppedKind.INDEX, "i", None),
        ("", "drop index if exists i;", DroppedKind.INDEX, "i", None),
        ("create policy p on t using (true);", "drop policy p on t;", DroppedKind.POLICY, "t", "p"),
        (
            "create trigger g before update on t for each row execute function f();",
            "drop trigger g on t;",
            DroppedKind.TRIGGER,
            "t",
            "g",
        ),
        ("", "alter table t drop constraint u;", DroppedKind.CONSTRAINT, "t", "u"),
        ("create type m as enum ('a');", "drop type m;", DroppedKind.TYPE, "m", None),
        ("create extension hstore;", "drop extension hstore;", DroppedKind.EXTENSION, "hstore", None),
    ],
)
def test_what_was_taken_away_is_remembered_until_it_is_made_again(
    folded: Callable[..., Schema], make: str, drop: str, kind: DroppedKind, name: str, member: str | None
) -> None:
    gone = [(d.kind, d.name.name, d.member) for d in folded(TABLE, make, drop).dropped]
    assert (kind, name, member) in gone
    if make:
        assert folded(TABLE, make, drop, make).dropped == ()
    assert not [d for d in folded(TABLE, make, drop, "drop table t;").dropped if d.member]
