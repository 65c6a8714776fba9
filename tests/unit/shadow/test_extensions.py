"""The stand-ins without a server: their facts, the private copy of an installation, and the rewriting of parameters."""

from __future__ import annotations

import ast
import os
import re
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supa_deploy.shadow.binaries import Binaries
from supa_deploy.shadow.extensions import STAND_INS, StandIn, for_stand_ins, prepared
from supa_deploy.shadow.extensions.prepare import script_of
from supa_deploy.shadow.extensions.shapes import write_out

SOURCES = Path(__file__).parents[3] / "src" / "supa_deploy"
VECTOR = frozenset({"vector"})


@pytest.fixture
def installation(tmp_path: Path) -> Binaries:
    """As Debian lays PostgreSQL out, with a control file that is there and one that is not trusted."""
    programs = tmp_path / "usr/lib/postgresql/17/bin"
    extensions = tmp_path / "usr/share/postgresql/17/extension"
    modules = tmp_path / "usr/lib/postgresql/17/lib"
    for folder in (programs, extensions, modules):
        folder.mkdir(parents=True)
    for name in ("postgres", "initdb", "psql"):
        (programs / name).write_text(name)
    (modules / "pg_trgm.so").touch()
    (extensions / "plpgsql.control").write_text("default_version = '1.0'\n")
    (extensions / "dblink.control").write_text("default_version = '1.2'\nrelocatable = true\n")
    (extensions / "amcheck.control").write_text("default_version = '1.4'\n")
    (extensions / "http.control").write_text("default_version = '1.6' # the real one\n")
    return Binaries(programs, 17, "postgres (PostgreSQL) 17.10")


def test_the_private_copy_has_the_layout_of_the_original(installation: Binaries, tmp_path: Path) -> None:
    ready = prepared(installation, tmp_path / "cache")
    assert ready.binaries.folder.relative_to(ready.root) == Path("lib/postgresql/17/bin")
    assert ready.binaries.root == ready.root
    assert ready.binaries.key.startswith(installation.key)
    assert ready.binaries.key != installation.key
    for name in ("postgres", "initdb"):
        assert not (ready.binaries.folder / name).is_symlink()
        assert (ready.binaries.folder / name).read_text() == name
    assert (ready.root / "lib/postgresql/17/lib/pg_trgm.so").exists()


@pytest.mark.parametrize(("mode", "copied"), [(0o755, 0o755), (0o700, 0o700)])
def test_a_copy_is_as_closed_as_what_it_links_to(
    installation: Binaries, tmp_path: Path, mode: int, copied: int
) -> None:
    """PostgreSQL may have to run as nobody: what it could not read has to be seen as such."""
    usr = installation.folder.parents[3]
    for folder in (usr.parent, *usr.parent.parents):
        if folder.stat().st_uid == os.getuid() and folder != folder.parent and "pytest" in str(folder):
            folder.chmod(0o755)
    usr.chmod(mode)
    assert prepared(installation, tmp_path / "cache").root.stat().st_mode & 0o777 == copied


def test_what_is_there_is_not_pretended(installation: Binaries, tmp_path: Path) -> None:
    ready = prepared(installation, tmp_path / "cache")
    extensions = ready.root / "share/postgresql/17/extension"
    assert "http" not in ready.stand_ins
    assert "the real one" in (extensions / "http.control").read_text()
    # Their modules are missing.
    assert {"wrappers", "postgis_tiger_geocoder"}.isdisjoint(ready.stand_ins)
    assert {"vector", "postgis", "pg_cron"} <= ready.stand_ins


def test_what_hosted_projects_allow_becomes_trusted(installation: Binaries, tmp_path: Path) -> None:
    extensions = prepared(installation, tmp_path / "cache").root / "share/postgresql/17/extension"
    assert "trusted = true" in (extensions / "dblink.control").read_text()
    assert "trusted" not in (extensions / "amcheck.control").read_text()
    original = installation.folder.parents[3] / "share/postgresql/17/extension/dblink.control"
    assert "trusted" not in original.read_text()


def test_runs_side_by_side_share_one_copy(installation: Binaries, tmp_path: Path) -> None:
    made: list[Path] = []
    gate = threading.Barrier(6)

    def make() -> None:
        gate.wait()
        made.append(prepared(installation, tmp_path / "cache").root)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == [made[0].name]


def test_a_second_run_makes_nothing(installation: Binaries, tmp_path: Path) -> None:
    first = prepared(installation, tmp_path / "cache")
    before = (first.binaries.folder / "postgres").stat().st_ino
    again = prepared(installation, tmp_path / "cache")
    assert again == first
    assert (again.binaries.folder / "postgres").stat().st_ino == before


def test_what_nobody_used_goes(installation: Binaries, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    old = prepared(installation, cache).root
    month_ago = time.time() - 30 * 86_400
    os.utime(old / "stand-ins", (month_ago, month_ago))
    half_made, in_the_making = cache / "prepared-new-a", cache / "prepared-new-b"
    half_made.mkdir()
    in_the_making.mkdir()
    os.utime(half_made, (month_ago, month_ago))
    newer = prepared(Binaries(installation.folder, 17, "postgres (PostgreSQL) 17.11"), cache).root
    assert sorted(cache.iterdir()) == sorted([newer, in_the_making])


def test_a_copy_that_is_not_whole_is_made_again(installation: Binaries, tmp_path: Path) -> None:
    first = prepared(installation, tmp_path / "cache")
    (first.root / "stand-ins").unlink()
    assert prepared(installation, tmp_path / "cache") == first


@pytest.mark.parametrize("known", STAND_INS, ids=lambda known: known.name)
def test_facts_of_each(known: StandIn) -> None:
    assert "trusted = true" in known.control()
    assert f"default_version = '{known.default}'" in known.control()
    assert re.fullmatch(r"[^.;]+(;[^.;]+)?", known.says), "one sentence without its full stop"
    script = script_of(known.name)
    assert not re.search(r"^fn", script, re.MULTILINE)
    assert script.count("$do$") % 2 == 0


def test_every_script_belongs_to_one() -> None:
    data = SOURCES / "shadow" / "extensions" / "data"
    assert {file.stem for file in data.iterdir()} == {known.name for known in STAND_INS}


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("fni+ st_x(geometry) : float8", "immutable strict parallel safe language sql return 0::float8;"),
        ("fnv tell() : trigger", "volatile language plpgsql as 'begin return new; end';"),
        ("fns a(anyelement) : bool", "stable language plpgsql as 'begin return null; end';"),
        ("fnv b() : setof bigint", "volatile language plpgsql as 'begin return; end';"),
    ],
)
def test_shapes(line: str, rest: str) -> None:
    signature, result = line.split(" ", 1)[1].split(" : ")
    assert write_out(line) == f"create function {signature} returns {result} {rest}\n"


def test_a_line_that_is_no_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="fnx"):
        write_out("fnx a() : int")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("using hnsw (e) with (m = 16)", "using hnsw (e) /*= (m = 16*/"),
        ("USING ivfflat(e)\nWITH\n(lists=100) WHERE x", "USING ivfflat(e)\n/*=\n(lists=100*/ WHERE x"),
        (
            "using \"hnsw\" (f(e, ')')) with (m=1)",
            "using \"hnsw\" (f(e, ')')) /*= (m=1*/",
        ),
        ("using hnsw (e) nulls not distinct include (a) with (m=1)", None),
        ("using hnsw (e); select 1 with (m=1)", "same"),
        ("using hnsw (e)", "same"),
        ("using hnsw (e", "same"),
        ("using btree (e) with (fillfactor=70)", "same"),
        ("using pgroonga (e) with (tokenizer='x')", "same"),
        ("create table t (a int) with (fillfactor=70)", "same"),
    ],
)
def test_parameters_become_a_comment(before: str, after: str | None) -> None:
    said = for_stand_ins(before, VECTOR)
    assert len(said) == len(before)
    if after == "same":
        assert said == before
    else:
        assert "with (" not in said.lower()
        assert after is None or said == after


def test_without_the_stand_in_nothing_changes() -> None:
    text = "create index on t using hnsw (e) with (m = 16)"
    assert for_stand_ins(text, frozenset()) == text


@given(
    st.lists(
        st.sampled_from(
            ["using hnsw (", ")", "(", " with (", "m=1", "'", '"', "\n", ";", "/*", "*/", "--", "ü", "x"]
        )
    )
)
def test_no_line_or_column_moves(pieces: list[str]) -> None:
    text = "".join(pieces)
    said = for_stand_ins(text, VECTOR)
    assert len(said) == len(text)
    assert [at for at, sign in enumerate(said) if sign == "\n"] == [
        at for at, sign in enumerate(text) if sign == "\n"
    ]


def test_only_the_scratch_server_and_what_feeds_it_know_the_stand_ins() -> None:
    """Nothing on the way to a user's database imports them: not the release, nor the CLI's driver, nor a deploy."""
    users = {
        file.relative_to(SOURCES).as_posix()
        for file in SOURCES.rglob("*.py")
        if SOURCES / "shadow" / "extensions" not in file.parents
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module
        and (
            node.module.startswith("supa_deploy.shadow.extensions")
            or (node.module == "supa_deploy.shadow" and any(name.name == "extensions" for name in node.names))
        )
    }
    assert users <= {
        "shadow/own.py",
        "shadow/given.py",
        "shadow/server.py",
        "platform/server.py",
        "drift/replay.py",
        "shortfall.py",
    }
    assert "platform/server.py" in users


def test_the_rewriting_reaches_private_copies_only() -> None:
    """`for_stand_ins` is called for a scratch database's replay and for a rehearsal's copy, nowhere else."""
    callers = {
        file.relative_to(SOURCES).as_posix()
        for file in SOURCES.rglob("*.py")
        if re.search(r"\b(for_stand_ins|fit_files)\(", file.read_text("utf-8"))
    }
    assert callers == {"shadow/extensions/rewrite.py", "drift/replay.py", "shortfall.py", "rehearse.py"}


def test_the_documentation_lists_them_all() -> None:
    text = " ".join((SOURCES.parents[1] / "docs" / "rehearse.md").read_text("utf-8").split())
    assert f"stand-ins for: {', '.join(sorted(known.name for known in STAND_INS))}." in text
