"""One comparison where something is missing: the other witness speaks, or the reason is kept.

`docker` and `supabase` are scripted stand-ins here: a Docker that says its version and can do nothing, and a CLI that
writes down what it is asked and answers with one new table. The real ones are in tests/e2e.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.drift import comparison as module
from supa_deploy.drift.comparison import Comparison
from supa_deploy.errors import Interrupted, PreflightFailed, UsageError
from supa_deploy.migrations import discover
from supa_deploy.secret import Secret
from supa_deploy.settings import Settings
from supa_deploy.shadow import DockerOnly, NoServer, OwnServer, Shadow, ShadowDatabase
from supa_deploy.shadow.binaries import Binaries
from supa_deploy.shadow.postgres import ShadowUnavailable
from supa_deploy.supabase import DiffAnswer, Supabase
from supa_deploy.supabase.locate import Binary
from supa_deploy.supabase.target import Linked
from supa_deploy.supabase.version import Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REF = "abcdefghijklmnopqrst"
SQL = "CREATE TABLE public.by_hand (id integer);"
CLI = """#!/bin/sh
printf '%s\\n' "$@" > "{asked}"
while [ "$1" != --workdir ]; do shift; done
cd "$2" || exit 1
ls supabase/migrations > "{seen}"
cat supabase/.temp/project-ref >> "{seen}"
printf '%s' "$SUPABASE_DB_PASSWORD" > "{password}"
case "$*" in
*"--output-format json"*) printf '%s' '{{"diff":"{sql}","engine":"migra"}}' ;;
*) echo '{sql}'; echo 'Finished supabase db diff on branch main.' >&2 ;;
esac
"""
DOCKER = "#!/bin/sh\necho 27.1.0\n"


def script(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    """A linked project with two files."""
    folder = tmp_path / "project"
    (folder / "supabase" / "migrations").mkdir(parents=True)
    (folder / "supabase" / "config.toml").write_text('project_id = "mine"\n', "utf-8")
    for version in ("20260101000000", "20260102000000"):
        (folder / "supabase" / "migrations" / f"{version}_a.sql").write_text("select 1;\n", "utf-8")
    (folder / "supabase" / ".temp").mkdir()
    (folder / "supabase" / ".temp" / "project-ref").write_text(REF, "utf-8")
    pooler = f"postgresql://postgres.{REF}@pooler.test:5432/postgres"
    (folder / "supabase" / ".temp" / "pooler-url").write_text(pooler, "utf-8")
    return folder


@pytest.fixture
def compare(workdir: Path, tmp_path: Path) -> Iterator[Callable[..., Comparison]]:
    """`compare(version)`: a comparison by a scripted CLI of this version, with a scripted Docker on PATH or without."""
    opened: list[Supabase] = []

    def make(version: str, *, docker: bool = False, interrupt: Interrupt | None = None) -> Comparison:
        programs = tmp_path / "bin"
        programs.mkdir()
        if docker:
            script(programs / "docker", DOCKER)
        places = {name: tmp_path / name for name in ("asked", "seen", "password")}
        cli = script(tmp_path / "supabase-cli", CLI.format(sql=SQL, **places))
        settings = Settings(
            workdir=workdir,
            project_ref=REF,
            access_token=Secret("sbp_" + "1" * 40),
            db_password=Secret("pass-word"),
            environ=MappingProxyType({"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(tmp_path)}),
        )
        binary = Binary((str(cli),), Version(*map(int, version.split("."))), "test")
        deadline, interrupt = Deadline.after(60), interrupt or Interrupt()
        opened.append(Supabase(binary, Linked(REF), settings, deadline, interrupt))
        return Comparison(opened[-1], settings, deadline, interrupt)

    yield make
    for supabase in opened:
        supabase.close()


def found(monkeypatch: pytest.MonkeyPatch, server: object) -> None:
    monkeypatch.setattr(module, "find_server", lambda *_, **__: server)


@pytest.mark.parametrize(
    ("version", "target"), [("2.99.0", "--linked"), ("2.122.1", "--linked"), ("3.1.0", "--remote")]
)
def test_docker_takes_the_scratch_server_s_place(
    compare: Callable[..., Comparison],
    workdir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    target: str,
) -> None:
    """Where it is all there is; for an older CLI, whatever there is. It is asked over the applied files alone."""
    if version != "2.99.0":
        found(monkeypatch, DockerOnly("27.1.0"))
    with compare(version, docker=True) as comparison:
        comparison.begin()
        applied, _ = discover(workdir).migrations
        comparison.replay([applied])
        comparison.schemas = ("public", "app")
        comparison.compare()
        drift = comparison.drift()
        notices = comparison.notices
    asked = (tmp_path / "asked").read_text("utf-8").split("\n")
    assert asked[:2] == ["db", "diff"]
    assert target in " ".join(asked)
    assert "--from" not in asked
    assert asked[asked.index("--schema") + 1] == "public,app"
    assert (tmp_path / "seen").read_text("utf-8") == f"20260101000000_a.sql\n{REF}"
    assert (tmp_path / "password").read_text("utf-8") == "pass-word"
    assert drift is not None
    assert [(c.change, c.object, c.name) for c in drift.changes] == [("added", "table", "by_hand")]
    assert drift.shadow == "the Supabase CLI's own shadow, Docker 27.1.0"
    assert "by the CLI's diff engine alone" in notices[0]


def test_an_older_cli_without_docker(compare: Callable[..., Comparison]) -> None:
    with compare("2.99.0") as comparison:
        comparison.begin()
        comparison.replay(())
        comparison.compare()
        assert comparison.drift() is None
    assert comparison.error is not None
    assert comparison.error.code == "cli_cannot_diff"
    assert comparison.skipped is not None
    assert "touched" not in comparison.skipped
    assert "2.115.0 and newer do without" in comparison.skipped


def test_no_server_at_all(compare: Callable[..., Comparison], monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, NoServer("Install one."))
    with compare("3.1.0") as comparison:
        comparison.begin()
        comparison.replay(())
        comparison.compare()
        assert comparison.drift() is None
    assert comparison.skipped == "There is no PostgreSQL on this machine to replay the files on. Install one."


def test_no_room(compare: Callable[..., Comparison], monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, OwnServer(Binaries(Path("/none"), 17, "key"), "17.1", "none"))

    def full(*_: object, **__: object) -> Shadow:
        raise OSError(28, "No space left on device", "/tmp/x")

    monkeypatch.setattr(Shadow, "open", full)
    with compare("3.1.0") as comparison:
        comparison.begin()
        assert comparison.drift() is None
    assert comparison.error is not None
    assert comparison.error.code == "no_scratch_space"
    assert "No space left on device (/tmp/x)" in str(comparison.skipped)


class Database:
    """A scratch database that holds what it is said to, or is gone."""

    url = None

    def __init__(self, catalog: str | None) -> None:
        self.catalog = catalog

    def query(self, *_: object) -> list[list[Any]]:
        if self.catalog is None:
            raise ShadowUnavailable("The scratch server refused: gone. Nothing else was touched.")
        return [[self.catalog]]

    def stand_ins(self) -> tuple[str, ...]:
        return ()


class Said:
    """A call that ended already."""

    def __init__(self, value: object) -> None:
        self.value = value

    def result(self) -> Any:
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


def catalog(*tables: str, version: int = 170010) -> str:
    entries = [["table", "public", None, "postgres", [[table, {}]]] for table in tables]
    return json.dumps({"version": version, "schemas": ["public"], "entries": entries})


def held(
    compare: Callable[..., Comparison],
    monkeypatch: pytest.MonkeyPatch,
    *,
    files: str | None,
    there: object,
    engine: object,
    interrupt: Interrupt | None = None,
) -> Comparison:
    """A comparison of two catalogs and an engine's answer, each of which may be an error."""
    first = compare("3.1.0", interrupt=interrupt)
    comparison = first.against(cast("ShadowDatabase", Database(files)))
    rows = Said([{"catalog": there}]) if isinstance(there, str) else Said(there)
    monkeypatch.setattr(first.supabase, "begin_query", lambda *_, **__: rows)

    def begin_diff(*_: object, **__: object) -> Said:
        if isinstance(engine, UsageError):
            raise engine
        return Said(engine)

    monkeypatch.setattr(first.supabase, "begin_diff", begin_diff)
    comparison.look(("public",))
    comparison.compare()
    return comparison


BROKEN = PreflightFailed("missing requirement. Nothing was touched.")


@pytest.mark.parametrize("engine", [BROKEN, UsageError("both need a password. Nothing was touched.")])
def test_without_the_engine_the_catalogs_speak(
    compare: Callable[..., Comparison], monkeypatch: pytest.MonkeyPatch, engine: Exception
) -> None:
    comparison = held(compare, monkeypatch, files=catalog(), there=catalog("extra"), engine=engine)
    drift = comparison.drift()
    assert drift is not None
    assert ([c.name for c in drift.changes], drift.sql, drift.engine) == (["extra"], "", None)
    assert comparison.error is None
    (notice,) = comparison.notices
    assert "there is no SQL for it" in notice
    assert str(engine).split(".", maxsplit=1)[0] in notice
    assert "touched" not in notice


@pytest.mark.parametrize(("files", "there"), [(catalog(), BROKEN), (None, catalog())])
def test_without_the_catalogs_the_engine_speaks(
    compare: Callable[..., Comparison], monkeypatch: pytest.MonkeyPatch, files: str | None, there: object
) -> None:
    comparison = held(compare, monkeypatch, files=files, there=there, engine=DiffAnswer(SQL, "pg-delta"))
    drift = comparison.drift()
    assert drift is not None
    assert ([c.name for c in drift.changes], drift.engine) == (["by_hand"], "pg-delta")
    assert "by the CLI's diff engine alone" in comparison.notices[0]


def test_without_either_nothing_is_known(
    compare: Callable[..., Comparison], monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison = held(compare, monkeypatch, files=catalog(), there=BROKEN, engine=BROKEN)
    assert comparison.drift() is None
    assert comparison.skipped == "missing requirement"
    assert not comparison.interrupted


def test_a_signal_leaves_nothing_known(
    compare: Callable[..., Comparison], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both catalogs may be there by then: what was cut short is not taken for a comparison."""
    interrupt = Interrupt()
    comparison = held(
        compare,
        monkeypatch,
        files=catalog(),
        there=catalog(),
        engine=Interrupted("interrupted."),
        interrupt=interrupt,
    )
    interrupt.request(15)
    assert comparison.drift() is None
    assert comparison.interrupted


def test_two_majors_are_told(compare: Callable[..., Comparison], monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = held(
        compare,
        monkeypatch,
        files=catalog(version=150004),
        there=catalog(),
        engine=DiffAnswer("", "pg-delta"),
    )
    drift = comparison.drift()
    assert drift is not None
    assert drift.empty
    (notice,) = comparison.notices
    assert "replayed on PostgreSQL 15, and the database is PostgreSQL 17" in notice
