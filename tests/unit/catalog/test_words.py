"""Differences in words: what is folded together, what is a rename, and what is never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supa_deploy.catalog import Catalog, Entry, Kind, differences
from supa_deploy.model import Change, ChangeKind

if TYPE_CHECKING:
    from collections.abc import Callable


def notes(entry: Callable[..., Entry], name: str = "notes", rls: str = "true") -> list[Entry]:
    return [
        entry(Kind.TABLE, name, rls=rls),
        entry(Kind.COLUMN, "id", name, type="bigint", position="1"),
        entry(Kind.COLUMN, "title", name, type="text", position="2"),
        entry(Kind.CONSTRAINT, "notes_pkey", name, type="primary key", definition="PRIMARY KEY (id)"),
        entry(
            Kind.INDEX, "notes_pkey", name, definition=f"CREATE … ON public.{name} (id)", constraint="true"
        ),
        entry(Kind.POLICY, "own", name, command="all", roles="public", using=f"({name}.id = 1)"),
        entry(Kind.GRANT, "anon", name, on="table", privileges="SELECT"),
        entry(Kind.GRANT, "anon", f"{name}.title", on="column", privileges="INSERT"),
        entry(Kind.PUBLICATION, "supabase_realtime", name),
        entry(Kind.SEQUENCE, "notes_id_seq", type="bigint", owned_by=f"{name}.id"),
        entry(Kind.GRANT, "anon", "notes_id_seq", on="sequence", privileges="USAGE"),
    ]


def test_the_same_twice_is_no_difference(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog]
) -> None:
    told = differences(catalog(*notes(entry)), catalog(*notes(entry)))
    assert (told.changes, told.left_out, dict(told.reasons)) == ((), 0, {})


def test_a_change_carries_its_parts(entry: Callable[..., Entry], catalog: Callable[..., Catalog]) -> None:
    column = entry(Kind.COLUMN, "title", "notes", type="character varying(80)", position="2")
    other = entry(Kind.COLUMN, "title", "notes", type="text", position="5")
    assert differences(catalog(column), catalog(other)).changes == (
        Change(ChangeKind.CHANGED, "column", "public", "title", "notes", "type character varying(80) → text"),
    )


def test_a_table_takes_everything_with_it(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    whole = catalog(*notes(entry))
    assert said(whole, catalog()) == ["table public.notes lost: 2 columns, 1 constraint, 1 policy"]
    assert said(catalog(), whole) == ["table public.notes added: 2 columns, 1 constraint, 1 policy"]


def test_a_renamed_table_is_one_change_and_what_differs_besides_is_still_told(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    before = catalog(*notes(entry))
    assert said(before, catalog(*notes(entry, "memos"))) == [
        "table public.notes changed: renamed: notes → memos"
    ]
    opened = [
        entry(Kind.POLICY, "own", "memos", command="all", roles="public", using="true")
        if e.key.name == "own"
        else e
        for e in notes(entry, "memos")
    ]
    assert said(before, catalog(*opened)) == [
        "table public.notes changed: renamed: notes → memos",
        "policy own on public.memos changed: loosened: USING (memos.id = 1) → true".replace(
            "(memos", "(notes"
        ),
    ]


def test_two_candidates_are_no_rename(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    def index(name: str) -> Entry:
        return entry(Kind.INDEX, name, "notes", definition=f"CREATE INDEX {name} ON public.notes (id)")

    assert said(catalog(index("a")), catalog(index("b"))) == [
        "index a on public.notes changed: renamed: a → b"
    ]
    assert [
        line.partition(":")[0] for line in said(catalog(index("a")), catalog(index("b"), index("c")))
    ] == [
        "index a on public.notes lost",
        "index b on public.notes added",
        "index c on public.notes added",
    ]


def test_a_column_dropped_and_made_anew_is_no_rename(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    table = entry(Kind.TABLE, "notes")
    before = catalog(table, entry(Kind.COLUMN, "title", "notes", type="text", position="2"))
    renamed = catalog(table, entry(Kind.COLUMN, "name", "notes", type="text", position="2"))
    anew = catalog(table, entry(Kind.COLUMN, "name", "notes", type="text", position="3"))
    assert said(before, renamed) == ["column public.notes.title changed: renamed: title → name"]
    assert said(before, anew) == [
        "column public.notes.name added: text",
        "column public.notes.title lost: text",
    ]


def test_no_secret_of_a_body_a_trigger_or_a_server_is_shown(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    def holding(secret: str) -> Catalog:
        hook = f"CREATE TRIGGER hook AFTER INSERT ON public.t EXECUTE FUNCTION public.post('{secret}', ')')"
        return catalog(
            entry(Kind.FUNCTION, "f()", body=f"begin\n  perform '{secret}';\nend"),
            entry(Kind.TRIGGER, "hook", "t", definition=hook, function="public.post"),
            entry(Kind.OTHER, "server s", kind="server", schema="", options=secret),
        )

    one, other = holding("hunter2"), holding("swordfish")
    lines = said(one, other)
    assert lines == [
        "server s changed: options changed",
        "function public.f() changed: body changed (1 line)",
        "trigger hook on public.t changed: arguments of its function changed",
    ]
    everything = "".join((*lines, *said(catalog(), one), *said(one, catalog())))
    assert "hunter2" not in everything
    assert "swordfish" not in everything


def test_an_owner_counts_unless_the_whole_database_has_another(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    def tables(*owners: str) -> list[Entry]:
        return [entry(Kind.TABLE, f"t{at}", owner=owner) for at, owner in enumerate(owners)]

    files = catalog(*tables("postgres", "postgres", "postgres"))
    assert said(files, catalog(*tables("postgres", "anon", "postgres"))) == [
        "table public.t1 changed: owner postgres → anon"
    ]
    assert said(catalog(*tables("postgres")), catalog(*tables("anon"))) == [
        "table public.t0 changed: owner postgres → anon"
    ]
    plain = {e.key: e for e in tables("app", "app", "anon")}
    assert said(files, Catalog(170010, ("public",), plain)) == [
        "table public.t2 changed: owner postgres → anon"
    ]
