"""Ways back by hand: taken as they stand, refused where they are no part of one transaction."""

from pathlib import Path

import pytest

from supa_deploy.migrations import DownFile, Migration
from supa_deploy.wayback.downs import DownRefused, Piece, changed_rows, pieces_of, read_down
from supa_deploy.wayback.target import Way


def down(folder: Path, content: bytes) -> DownFile:
    path = folder / "20250101000000_a.down.sql"
    path.write_bytes(content)
    return DownFile("20250101000000", "supabase/migrations/20250101000000_a.down.sql", path)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"drop table a;\n", "drop table a;"),
        (b"\xef\xbb\xbfdrop table a", "drop table a\n;"),
        (b"drop table a -- gone", "drop table a -- gone\n;"),
        (b"drop table a;\n-- gone\n", "drop table a;\n-- gone"),
        (b"-- nothing to do\n", ""),
    ],
)
def test_more_can_follow_what_was_read(tmp_path: Path, written: bytes, read: str) -> None:
    assert read_down(down(tmp_path, written)) == read


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (b"select 1;\nbegin;\ndrop table a;\ncommit;", 2),
        (b"drop table a;\nrollback;", 2),
        (b"drop index concurrently i;", 1),
        (b"vacuum a;", 1),
        (b"do $$ begin commit; end $$;", 1),
        (b"call p();", 1),
        (b"select 1;\ndrop tabel a;", 2),
        (b"select '\xff';", None),
    ],
)
def test_what_no_transaction_holds_is_refused_by_line(
    tmp_path: Path, written: bytes, line: int | None
) -> None:
    with pytest.raises(DownRefused, match=r"20250101000000_a\.down\.sql cannot be taken") as refused:
        read_down(down(tmp_path, written))
    assert (refused.value.code, refused.value.line) == ("down_file_refused", line)
    assert "Nothing was changed." in refused.value.message


def test_what_happens_to_rows_is_told(tmp_path: Path) -> None:
    file = down(
        tmp_path, b"delete from a; insert into b values (1); do $$ begin delete from c; end $$; drop table d;"
    )
    assert [line.partition(": ")[2].partition(":")[0] for line in changed_rows(file)] == [
        "delete from a",
        "do $$ begin delete from c; end $$",
    ]


def test_the_pieces_of_a_way_are_read_before_it_is_gone(tmp_path: Path) -> None:
    one, two, three = (
        Migration(version, "a", f"supabase/migrations/{version}_a.sql", tmp_path / f"{version}_a.sql")
        for version in ("20240101000000", "20250101000000", "20260101000000")
    )
    way = Way(one.version, (one,), (three, two))
    file = down(tmp_path, b"drop table a")
    assert pieces_of(way, [file]) == (
        Piece(two.version),
        Piece(one.version, "drop table a\n;", file.file),
    )
    with pytest.raises(DownRefused):
        pieces_of(way, [down(tmp_path, b"commit;")])
