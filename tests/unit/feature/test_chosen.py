"""Some files of many: what they make is told as it stands in the end, and counted where they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import pytest

from supa_deploy import feature
from supa_deploy.feature import counting
from supa_deploy.migrations import Script, fold
from supa_deploy.model import Feature
from supa_deploy.verify.promises import promises_of

if TYPE_CHECKING:
    from supa_deploy.schema import Schema

Tell = Callable[..., Feature]

FILES = (
    "create table a (id int); create index on a (id);",
    "create table b (id int, old int); create policy p on b using (true);",
    "alter table b add column later int; alter table b drop column old;",
    "create table c (id int); drop table a;",
)


def test_a_file_in_the_middle_is_counted_where_it_comes(tell: Tell) -> None:
    found = tell(*FILES, chosen={"2"})
    before, after = found.impact.before, found.impact.after
    assert (before.tables, before.columns, before.indexes, before.policies) == (1, 1, 1, 0)
    assert (after.tables, after.columns, after.indexes, after.policies) == (2, 3, 1, 1)
    assert found.versions == ("2",)
    assert not found.whole


def test_its_tables_are_told_as_all_files_leave_them(tell: Tell) -> None:
    (table,) = tell(*FILES, chosen={"2"}).tables
    assert list(table.columns) == ["id", "later"]


def test_files_that_do_not_count_change_nothing(tell: Tell) -> None:
    (table,) = tell(*FILES, chosen={"2"}, counted={"1"}).tables
    assert list(table.columns) == ["id", "old"]
    assert tell(*FILES, counted={"1", "2"}).versions == ("1", "2")


def test_files_between_the_chosen_ones_do_not_count_in_the_impact(tell: Tell) -> None:
    impact = tell(*FILES, chosen={"1", "4"}).impact
    assert impact.before.tables == 0
    assert (impact.after.tables, impact.after.columns) == (1, 1)


def test_an_older_file_that_is_not_applied_counts_before(tell: Tell) -> None:
    impact = tell(*FILES, chosen={"2"}, counted=()).impact
    assert (impact.before.tables, impact.after.tables) == (1, 2)


def test_a_version_that_no_file_has_tells_nothing(tell: Tell) -> None:
    found = tell(*FILES, chosen={"9"})
    assert (found.files, found.touched) == ((), ())
    assert found.impact.before == found.impact.after
    assert found.impact.after.tables == 2


def test_doubts_of_later_files_do_not_make_it_unsure(tell: Tell) -> None:
    doubtful = "do $$ begin execute 'x' || now(); end $$;"
    assert tell("create table t (id int);", doubtful, chosen={"1"}).impact.sure
    assert not tell(doubtful, "create table t (id int);", chosen={"2"}).impact.sure


def test_it_is_what_a_verification_of_the_same_versions_asks_about(
    tell: Tell, files: Callable[..., tuple[Script, ...]]
) -> None:
    scripts = files(*FILES)
    found = tell(*FILES, chosen={"2", "3"}, counted={"1"})
    promised = {
        (promise.object.value, promise.column or promise.name)
        for promise in promises_of(fold(scripts, until={"1", "2", "3"}), {"2", "3"})
        if not promise.dropped
    }
    told = {("table", table.name.name) for table in found.tables}
    told |= {("column", column) for table in found.tables for column in table.columns}
    told |= {("policy", policy) for table in found.tables for policy in table.policies}
    assert told == promised


def test_an_unknown_column_list_is_not_sure(tell: Tell) -> None:
    assert not tell("create table t as select * from elsewhere.x;").impact.sure
    assert not tell("create table t (like elsewhere.x);").impact.sure
    assert tell("create table x (a int); create table t (like x);").impact.sure


def test_a_column_altered_on_a_table_of_nobody_is_not_counted(tell: Tell) -> None:
    impact = tell("alter table x add a int; alter table x alter column b type bigint;").impact
    assert impact.after.columns == 1
    assert not impact.sure


def test_each_kind_is_counted(tell: Tell) -> None:
    after = tell(
        "create table t (id int primary key, a int check (a > 0), u int unique, r int references t);"
        "create index on t (a); create materialized view m as select 1 as x; create index on m (x);"
        "create function f() returns trigger language plpgsql as 'begin return new; end';"
        "create trigger g before update on t for each row execute function f();"
        "create type e as enum ('a'); create view v as select 1 as x; create policy p on t using (true);"
    ).impact.after
    assert (after.tables, after.columns, after.indexes, after.policies) == (1, 4, 2, 1)
    assert (after.foreign_keys, after.checks, after.views) == (1, 1, 2)
    assert (after.functions, after.triggers, after.types) == (1, 1, 1)


@pytest.mark.parametrize(("chosen", "most"), [(None, 1), ({"1"}, 2), ({"4"}, 2), ({"2"}, 3), ({"2", "3"}, 3)])
def test_the_files_are_folded_as_seldom_as_can_be(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, chosen: set[str] | None, most: int
) -> None:
    folded: list[int] = []

    def counted(scripts: Iterable[Script]) -> Schema:
        found = list(scripts)
        folded.append(len(found))
        return fold(found)

    monkeypatch.setattr(feature, "fold", counted)
    monkeypatch.setattr(counting, "fold", counted)
    tell(*FILES, chosen=chosen)
    assert len(folded) == most
