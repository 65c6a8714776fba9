"""The script's text: each of its parts is SQL that PostgreSQL's parser takes, whatever the files and names hold."""

from collections.abc import Callable, Sequence

import pytest

from supa_deploy.bundle.entries import Entry, Mode, entries_of
from supa_deploy.bundle.proof import proof
from supa_deploy.bundle.script import Facts, write
from supa_deploy.migrations import Script, fold
from supa_deploy.migrations.grammar import tree
from supa_deploy.migrations.tree import Node, statements
from supa_deploy.model import Runner
from supa_deploy.schema import Schema

FACTS = Facts(target="project abc", made="2026-01-01 00:00 UTC", url="https://x.test/sql/new")


def _parsed(text: str) -> list[Node]:
    return [node for node, _, _ in statements(tree(text))]


def _kinds(text: str) -> list[str]:
    return [node.kind for node in _parsed(text)]


def _entry(version: str = "1", name: str = "x", *texts: str) -> Entry:
    return Entry(version, name, f"supabase/migrations/{version}_{name}.sql", texts)


def test_files_that_fit_are_one_statement() -> None:
    text = write([_entry("1"), _entry("2")], "select 1;", Runner.DASHBOARD, FACTS)
    assert (_kinds(text.sql), text.transactions) == (["DoStmt", "TransactionStmt", "SelectStmt"], 1)
    assert "One transaction: all of it, or nothing." in text.sql
    assert "https://x.test/sql/new" in text.sql


def test_a_new_transaction_begins_where_one_is_needed() -> None:
    first = Entry("1", "x", "1_x.sql", ("select 1",), closes="why not")
    text = write([first, _entry("2"), _entry("3")], "select 1;", Runner.DASHBOARD, FACTS)
    assert _kinds(text.sql) == ["DoStmt", "TransactionStmt", "DoStmt", "TransactionStmt", "SelectStmt"]
    assert text.transactions == 2
    assert "-- A new transaction begins:\n--   after 1_x.sql: why not\n" in text.sql


def test_names_and_texts_that_would_break_out_do_not(hostile_names: Sequence[str]) -> None:
    hostile = [
        *hostile_names,
        "$supa_deploy$; drop table a; --",
        "*/ drop table a;",
        "'; drop table a; --",
        "\\q\n\\! x",
    ]
    names = [name.encode(errors="replace").decode() for name in hostile]
    entries = [_entry(str(number), name, name, f"select '{name}'") for number, name in enumerate(names)]
    facts = Facts(
        target="x\ndrop table a;",
        made="",
        url="\n;",
        environment="\r\n drop",
        hazards=(("1", "drops a\nselect 1;"),),
    )
    for runner in Runner:
        text = write(entries, proof(entries, Schema()), runner, facts).sql
        lines = [line for line in text.split("\n") if not line.startswith(("\\set", "\\encoding"))]
        kinds = _kinds("\n".join(lines))
        assert kinds == ["DoStmt", "TransactionStmt", "SelectStmt"][:: 2 if runner is Runner.PSQL else 1]
        head = text.split("\ndo $", 1)[0]
        assert all(line.startswith(("--", "\\set ", "\\encoding ")) or not line for line in head.split("\n"))


def test_what_is_sent_apart_stands_between_blocks() -> None:
    alone = Entry("2", "x", "2_x.sql", ("vacuum a",), Mode.ALONE)
    text = write([_entry("1"), alone, _entry("3")], "select 1;", Runner.PSQL, FACTS)
    assert text.transactions == 3
    assert "3 parts" in text.sql
    assert text.sql.count("\\gexec") == 1
    assert text.sql.index("pg_try_advisory_lock") < text.sql.index("\\if :supa_deploy_pending")


def test_the_last_query_names_what_the_files_make(scripts: Callable[..., tuple[Script, ...]]) -> None:
    every = scripts(
        'create table a (id int primary key, "b\'" text); create index i on a (id);',
        'alter table a enable row level security; create policy "p\';" on a using (true); drop index i;'
        "create function f(x int, y int) returns int language sql as 'select 1'; create extension hstore;"
        "create view v as select 1 as one; create type t as enum ('x');",
    )
    entries = entries_of(every[1:], every, Runner.PSQL)
    query = proof(entries, fold(every))
    assert _kinds(query) == ["SelectStmt"]
    lists = [node for statement in _parsed(query) for node in statement.walk() if node.kind == "List"]
    rows = {tuple(_text(item) for item in found.nodes("items"))[2:] for found in lists}
    assert {
        ("history", "+", None, None, "2"),
        ("rls", "+", "public", "a", None),
        ("policy", "+", "public", "a", "p';"),
        ("any index", "-", "public", "i", None),
        ("function", "+", "public", "f", "2"),
        ("extension", "+", "public", "hstore", None),
        ("view", "+", "public", "v", None),
        ("type", "+", "public", "t", None),
    } <= rows
    assert not [row for row in rows if "table" in row]  # of a file that is not in the script


def _text(node: Node) -> str | None:
    value = node.child("sval")
    return value.text("sval") if value is not None else None


@pytest.mark.parametrize("runner", list(Runner))
def test_a_head_says_what_to_look_out_for(runner: Runner) -> None:
    entry = Entry("1", "x", "1_x.sql", ("select 1",), warning="mind the gap")
    facts = Facts(
        target="t", made="m", environment="staging", from_history=False, hazards=(("1", "drops table a"),)
    )
    text = write([entry], "select 1;", runner, facts).sql
    for said in (
        "mind the gap",
        "drops table a",
        "(staging)",
        "made of the files alone",
        "roles.sql",
        "1_x.sql",
    ):
        assert said in text
