"""What differs and is no drift: the platform's own, its default grants, another PostgreSQL major."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.catalog import Catalog, Entry, Key, Kind, differences

if TYPE_CHECKING:
    from collections.abc import Callable

ALL = "DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE"
KEPT = "MAINTAIN, REFERENCES, TRIGGER, TRUNCATE"


def grants(entry: Callable[..., Entry], **privileges: str) -> list[Entry]:
    return [
        entry(Kind.GRANT, role, "notes", on="table", privileges=held) for role, held in privileges.items()
    ]


@pytest.mark.parametrize(
    ("kind", "name", "facts"),
    [
        (Kind.TABLE, "sso", {"schema": "auth"}),
        (Kind.TABLE, "made", {"schema": "storage", "owner": "postgres"}),
        (Kind.VIEW, "dashboard", {"owner": "supabase_admin"}),
        (Kind.SCHEMA, "pgbouncer", {"schema": "pgbouncer", "owner": "pgbouncer"}),
        (Kind.FUNCTION, "f()", {"owner": "cli_login_postgres"}),
        (Kind.GRANT, "dashboard_user", {"on": "schema", "privileges": "USAGE"}),
        (Kind.GRANT, "supabase_auth_admin", {"on": "schema", "privileges": "USAGE"}),
        (Kind.EXTENSION, "pg_net", {"schema": "", "owner": "postgres"}),
        (Kind.PUBLICATION, "supabase_realtime", {"schema": ""}),
        (Kind.PUBLICATION, "supabase_realtime_messages_publication", {"schema": "realtime"}),
        (Kind.EVENT_TRIGGER, "issue_pg_net_access", {"schema": "", "owner": "supabase_admin"}),
        (Kind.EVENT_TRIGGER, "ensure_rls", {"schema": ""}),
    ],
)
def test_what_is_the_platform_s_is_left_out_and_counted(
    kind: Kind,
    name: str,
    facts: dict[str, str],
    entry: Callable[..., Entry],
    catalog: Callable[..., Catalog],
) -> None:
    told = differences(catalog(), catalog(entry(kind, name, **facts)))
    assert (told.changes, told.left_out, list(told.reasons.values())) == ((), 1, [1])


def test_policies_and_triggers_on_the_platform_s_tables_count_unless_its_own(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    storage = {"schema": "storage", "owner": "supabase_storage_admin"}
    definition = "CREATE TRIGGER x AFTER INSERT ON storage.objects EXECUTE FUNCTION f()"
    found = catalog(
        entry(Kind.TABLE, "objects", **storage),
        entry(Kind.POLICY, "open", "objects", command="all", roles="public", using="true", **storage),
        entry(Kind.TRIGGER, "mine", "objects", definition=definition, function="public.f", **storage),
        entry(Kind.TRIGGER, "own", "objects", definition=definition, function="storage.f", **storage),
    )
    assert [line.partition(":")[0] for line in said(catalog(), found)] == [
        "policy open on storage.objects added",
        "trigger mine on storage.objects added",
    ]


def test_a_platform_index_under_another_name_is_no_drift(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog]
) -> None:
    def index(name: str) -> Entry:
        definition = f"CREATE INDEX {name} ON auth.users USING btree (email)"
        return entry(
            Kind.INDEX, name, "users", schema="auth", owner="supabase_auth_admin", definition=definition
        )

    told = differences(catalog(index("a")), catalog(index("b")))
    assert (told.changes, told.left_out) == ((), 1)


def test_what_the_files_made_in_the_platform_s_schemas_must_be_there(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    mine, its = (
        entry(Kind.FUNCTION, f"{owner}()", schema="auth", owner=owner)
        for owner in ("postgres", "supabase_auth_admin")
    )
    assert said(catalog(mine, its), catalog()) == ["function auth.postgres() lost"]


def test_extensions_the_platform_does_not_bring_are_drift(
    catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    def installed(version: str) -> list[Entry]:
        keys = (Key(Kind.EXTENSION, "", name) for name in ("vector", "supabase_vault"))
        return [Entry(key, {"schema": "extensions", "version": version}, "supabase_admin") for key in keys]

    assert said(catalog(), catalog(*installed("1"))) == ["extension vector added: in schema extensions"]
    assert said(catalog(*installed("1")), catalog(*installed("2"))) == []


def test_the_legacy_default_of_all_three_roles_is_the_platform_s(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog]
) -> None:
    reduced = catalog(*grants(entry, anon=KEPT, authenticated=KEPT, service_role=ALL))
    legacy = catalog(*grants(entry, anon=ALL, authenticated=ALL, service_role=ALL))
    told = differences(reduced, legacy)
    assert (told.changes, dict(told.reasons)) == ((), {"the platform's default grants": 2})


def test_one_role_with_more_is_drift(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    reduced = catalog(*grants(entry, anon=KEPT, authenticated=KEPT, service_role=KEPT))
    more = catalog(*grants(entry, anon=ALL, authenticated=KEPT, service_role=KEPT))
    added = ["grant on public.notes to anon changed: DELETE, INSERT, SELECT, UPDATE added"]
    assert said(reduced, more) == added
    # Where the files took everything from a role, its having it is no default.
    revoked = catalog(*grants(entry, authenticated=KEPT, service_role=KEPT))
    legacy = catalog(*grants(entry, anon=ALL, authenticated=ALL, service_role=ALL))
    assert f"grant on public.notes to anon added: {ALL}" in said(revoked, legacy)


def test_where_the_project_s_defaults_are_the_legacy_ones_each_role_stands_for_itself(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    defaults = [
        entry(Kind.DEFAULT_PRIVILEGES, role, "postgres tables", on="tables", privileges=ALL)
        for role in ("anon", "authenticated", "service_role")
    ]
    expected = catalog(*grants(entry, authenticated=KEPT, service_role=KEPT))
    found = catalog(*grants(entry, authenticated=ALL, service_role=ALL), *defaults)
    assert not [line for line in said(expected, found) if line.startswith("grant ")]


def test_maintain_is_no_difference_where_one_side_does_not_know_it(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    new = grants(entry, bob="MAINTAIN, SELECT", eve="MAINTAIN")
    old = catalog(*grants(entry, bob="SELECT"), version=150018)
    assert said(catalog(*new), old) == said(old, catalog(*new)) == []
    assert said(catalog(*new), catalog(*grants(entry, bob="SELECT"))) == [
        "grant on public.notes to bob changed: MAINTAIN revoked",
        "grant on public.notes to eve lost: MAINTAIN",
    ]


def test_a_view_that_another_major_prints_differently_is_no_drift_but_another_query_is(
    entry: Callable[..., Entry], catalog: Callable[..., Catalog], said: Callable[..., list[str]]
) -> None:
    new, old, other = (
        entry(Kind.VIEW, "v", definition=text)
        for text in (
            "SELECT id\n FROM public.notes\n WHERE (stars > 3);",
            "SELECT notes.id\n FROM public.notes\n WHERE (notes.stars > 3);",
            "SELECT notes.id\n FROM public.notes\n WHERE (notes.stars > 4);",
        )
    )
    told = differences(catalog(new), catalog(old, version=150018))
    assert (told.changes, told.left_out) == ((), 1)
    assert said(catalog(new), catalog(other, version=150018)) == ["view public.v changed: redefined"]
    assert said(catalog(new), catalog(old)) == ["view public.v changed: redefined"]  # the same major
