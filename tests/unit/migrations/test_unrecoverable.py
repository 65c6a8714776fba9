"""What undoing files cannot bring back, in words with file and line."""

from collections.abc import Callable

import pytest

from supa_deploy.migrations import Script
from supa_deploy.migrations.acts import cannot_restore


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("insert into public.t values (1)", ["the rows inserted into t stay"]),
        (
            "with x as (delete from old.t returning *) select 1 from x",
            ["the rows deleted from old.t are lost"],
        ),
        ("update t set a = 1", ["the values that t had before its rows were updated are lost"]),
        ("truncate t", ["the rows of t, which it emptied, are lost"]),
        (
            "merge into t using s on t.id = s.id when matched then delete",
            ["rows of t were merged: what was there before is lost, what was added stays"],
        ),
        ("drop table t", ["table t, which it dropped, comes back empty"]),
        ("alter table t drop column a", ["column t.a, which it dropped, comes back empty"]),
        (
            "alter table t alter a type int using a::int",
            ["the values of t.a were converted to integer: what that cut or rounded stays so"],
        ),
        (
            "alter type mood add value 'x'",
            ["value x added to type mood: rows that use it by now stand in the way of taking it out"],
        ),
        ("drop sequence s", ["sequence s, which it dropped, begins anew"]),
        (
            "drop extension hstore",
            ["extension hstore, which it dropped, comes back without the data it kept"],
        ),
        (
            "drop schema x cascade",
            ["what went with schema x (CASCADE) comes back empty, where it comes back"],
        ),
        (
            "insert into storage.buckets (id, name) values ('a', 'a')",
            ["the storage bucket it inserts stays, with what was uploaded to it"],
        ),
        (
            "select cron.schedule('a', '* * * * *', 'select 1')",
            ["the cron job it schedules stays, unless it is unscheduled by hand"],
        ),
        ("select setval('s', 3)", ["the position of the sequence it sets is not put back"]),
        ("select net.http_post('http://x')", ["the request that net.http_post() sent is sent"]),
        ("select public.backfill()", ["what public.backfill() did to rows stays"]),
        ("call public.work()", ["what public.work() did to rows stays"]),
        ("notify pgrst, 'reload schema'", ["the notification is sent"]),
        (
            "do $$ begin update t set a = 1; end $$",
            ["the values that t had before its rows were updated are lost"],
        ),
        (
            "do $$ begin execute format('drop table %I', 'x'); end $$",
            ["a DO block that cannot be read whole: what it did to rows stays"],
        ),
        ("create table t (id int); insert into t values (1); update t set id = 2; drop table t", []),
        ("alter table t add column a int; update t set a = 1", []),
        (
            "alter table t add column a int; update t set a = 1, b = 2",
            ["the values that t had before its rows were updated are lost"],
        ),
        ("alter table t add column a int; alter table t drop column a", []),
        ("create index i on t (a); drop view v; select set_config('a.b', 'c', false); copy t to stdout", []),
        ("create function f() returns int language sql as 'delete from t returning 1'", []),
    ],
)
def test_cannot_restore(sql: str, words: list[str], script: Callable[..., Script]) -> None:
    found = cannot_restore([script(sql)])
    assert list(found) == [f"supabase/migrations/1_x.sql:1: {line}" for line in words]


def test_what_an_earlier_undone_file_made_goes_with_it(script: Callable[..., Script]) -> None:
    files = [
        script("create table t (id int);", "1"),
        script("\n\ninsert into t values (1);\ndelete from u;", "2"),
    ]
    assert cannot_restore(files) == ("supabase/migrations/2_x.sql:4: the rows deleted from u are lost",)
