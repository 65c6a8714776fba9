"""The CLI object: when link may be left out, what it tells beforehand, what it remembers."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import PreflightFailed
from supa_deploy.secret import Secret
from supa_deploy.settings import DatabaseUrl, Settings, parse_database_url
from supa_deploy.supabase.answers import ApiKeys, DiffAnswer
from supa_deploy.supabase.client import Supabase
from supa_deploy.supabase.locate import Binary
from supa_deploy.supabase.speaker import RepairStatus
from supa_deploy.supabase.target import ByUrl, Linked, Target
from supa_deploy.supabase.version import Version

REF = "abcdefghijklmnopqrst"
TOKEN = Secret("sbp_" + "1" * 40)
LINKED = Linked(REF)
Open = Callable[..., Supabase]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A CLI that lists no migrations."""
    path = tmp_path / "supabase-cli"
    path.write_text("#!/bin/sh\necho '{\"migrations\":[]}'\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def open_cli(settings: Callable[..., Settings], program: Path) -> Iterator[Open]:
    """`open_cli(version, target, …settings)`."""
    opened: list[Supabase] = []

    def start(version: str = "3.1.0", target: Target = LINKED, **wishes: object) -> Supabase:
        binary = Binary((str(program),), Version(*map(int, version.split("."))), "test")
        values: dict[str, object] = {"access_token": TOKEN, "db_password": Secret("pass-word"), **wishes}
        told = settings({"PATH": os.environ["PATH"]}, **values)
        opened.append(Supabase(binary, target, told, Deadline.after(60), Interrupt()))
        return opened[-1]

    yield start
    for supabase in opened:
        supabase.close()


def linked(workdir: Path, ref: str | None, pooler: str | None) -> None:
    """What `supabase link` leaves."""
    folder = workdir / "supabase" / ".temp"
    folder.mkdir(parents=True)
    for name, text in (("project-ref", ref), ("pooler-url", pooler)):
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")


def test_the_newest_generation_never_links(open_cli: Open) -> None:
    assert open_cli("3.1.0").link().skipped == "this CLI finds the project by its ref"


def test_a_url_never_links(open_cli: Open, database_url: DatabaseUrl) -> None:
    assert open_cli("2.122.1", ByUrl(database_url)).link().skipped == "a database URL needs no link"


POOLER = f"postgresql://postgres.{REF}@pooler.example.org:5432/postgres"


@pytest.mark.parametrize(
    ("ref", "pooler", "skipped"),
    [
        (REF, POOLER, "already linked"),
        (REF, None, None),
        (REF, "", None),
        (None, POOLER, None),
        ("z" * 20, POOLER, None),
        (REF, POOLER.replace(REF, "z" * 20), None),
    ],
)
def test_an_older_one_links_unless_ref_and_pooler_are_both_known(
    open_cli: Open, tmp_path: Path, ref: str | None, pooler: str | None, skipped: str | None
) -> None:
    linked(tmp_path, ref, pooler)
    assert open_cli("2.122.1").link_skipped() == skipped


def test_an_older_one_that_never_linked_has_to(open_cli: Open) -> None:
    assert open_cli("2.99.0").link_skipped() is None


def test_a_missing_password_is_told_where_the_token_makes_up_for_it(
    open_cli: Open, database_url: DatabaseUrl
) -> None:
    assert open_cli().notices == ()
    (notice,) = open_cli(db_password=None).notices
    assert "temporary login role" in notice
    assert open_cli("2.40.7", db_password=None).notices == ()
    assert open_cli(target=ByUrl(database_url), db_password=None).notices == ()


def test_a_newer_major_is_told(open_cli: Open) -> None:
    assert "newer than any" in open_cli("4.0.0").notices[0]


def test_learned_keys_are_secrets_from_then_on(open_cli: Open) -> None:
    supabase = open_cli()
    keys = ApiKeys(
        Secret("sb_secret_one"), Secret("sb_publishable_one"), (Secret("sb_secret_one"), Secret("old-one"))
    )
    supabase.remember(keys)
    assert (
        supabase.redact("sb_secret_one sb_publishable_one old-one pass-word")
        == "[secret] [secret] [secret] [secret]"
    )
    assert Secret("old-one") in supabase.secrets


@pytest.mark.parametrize(("version", "writes"), [("2.99.0", True), ("2.122.1", False), ("3.1.0", False)])
def test_the_update_check_is_kept_quiet_where_there_is_one(
    open_cli: Open, tmp_path: Path, version: str, writes: bool
) -> None:
    (tmp_path / "supabase").mkdir()
    open_cli(version).history()
    path = tmp_path / "supabase" / ".temp" / "cli-latest"
    assert path.exists() is writes
    if writes:
        assert path.read_text(encoding="utf-8") == f"v{version}"


def test_a_fresh_answer_of_the_update_check_is_left_alone(open_cli: Open, tmp_path: Path) -> None:
    linked(tmp_path, None, None)
    path = tmp_path / "supabase" / ".temp" / "cli-latest"
    path.write_text("v9.9.9", encoding="utf-8")
    open_cli("2.99.0").history()
    assert path.read_text(encoding="utf-8") == "v9.9.9"
    os.utime(path, (0, 0))
    open_cli("2.99.0").history()
    assert path.read_text(encoding="utf-8") == "v2.99.0"


def test_a_folder_without_a_project_is_not_given_one(open_cli: Open, tmp_path: Path) -> None:
    open_cli("2.99.0").history()
    assert not (tmp_path / "supabase").exists()


def test_a_server_that_cannot_be_asked_has_no_number_of_backends(open_cli: Open) -> None:
    assert open_cli("2.40.7").active_backends() is None
    assert open_cli("3.1.0").active_backends() is None  # the program here answers something else


SCRATCH = parse_database_url("postgresql://postgres@localhost:5999/one?host=/private/folder", name="scratch")


@pytest.fixture
def seen(program: Path, tmp_path: Path) -> Callable[[], str]:
    """What the last call had in its environment and on its command line."""
    told = tmp_path / "seen"
    diff = '{"diff":"comment on table a is \'pass-word\'","engine":"made-up"}'
    program.write_text(
        f"#!/bin/sh\nenv > '{told}'\necho \"$@\" >> '{told}'\n"
        f'case "$*" in *fail*) echo \'{{"error":{{"message":"no pass-word"}}}}\'; exit 1;; esac\n'
        f"cat <<'END'\n{diff}\nEND\n",
        encoding="utf-8",
    )
    return lambda: told.read_text(encoding="utf-8")


@pytest.mark.parametrize("version", ["2.122.1", "3.1.0"])
def test_another_cli_beside_knows_nothing_of_the_first_ones_target(
    open_cli: Open, seen: Callable[[], str], tmp_path: Path, version: str
) -> None:
    supabase = open_cli(version, project_ref=REF)
    folder = tmp_path / "other"
    folder.mkdir()
    with supabase.beside(SCRATCH, folder) as beside:
        beside.begin_diff(SCRATCH).result()
        assert beside.binary is supabase.binary
        assert beside.login.token is None
        assert beside.workdir == folder
        assert beside.redact("pass-word") == "[secret]"
    for forbidden in (
        *("pass-word", TOKEN.reveal(), REF, "PGSSLMODE", "PGPASSWORD"),
        *("SUPABASE_ACCESS_TOKEN", "SUPABASE_DB_PASSWORD"),
    ):
        assert forbidden not in seen()


def test_a_diff_between_two_scratch_databases_knows_nothing_of_the_target(
    open_cli: Open, seen: Callable[[], str]
) -> None:
    answer = open_cli().begin_diff_between(SCRATCH, SCRATCH, ("public",)).result()
    assert answer == DiffAnswer("comment on table a is 'pass-word'", "made-up")
    assert not any(word in seen() for word in ("pass-word", TOKEN.reveal(), REF, "PGSSLMODE"))


def test_sql_is_exact_where_it_succeeds_and_free_of_secrets_where_it_fails(
    open_cli: Open, seen: Callable[[], str]
) -> None:
    supabase = open_cli()
    assert "pass-word" in supabase.begin_diff(SCRATCH).result().sql
    assert "SUPABASE_DB_PASSWORD=pass-word" in seen()
    with pytest.raises(PreflightFailed, match=r"no \[secret\]"):
        supabase.begin_diff(SCRATCH, schemas=("fail",)).result()


def test_closing_one_leaves_the_calls_of_the_other_alone(open_cli: Open, tmp_path: Path) -> None:
    supabase = open_cli()
    history = supabase.begin_history()
    with supabase.beside(SCRATCH, tmp_path) as beside:
        other = beside.begin_history()
        assert history.result().versions == ()
    assert other.result().versions == ()


def test_a_repair_without_versions_starts_nothing(open_cli: Open, seen: Callable[[], str]) -> None:
    with pytest.raises(ValueError, match="names its versions"):
        open_cli().begin_repair((), RepairStatus.REVERTED)
    with pytest.raises(FileNotFoundError):
        seen()


def test_a_generation_says_whether_it_compares_by_itself(open_cli: Open) -> None:
    assert [
        open_cli(version).can_diff for version in ("2.40.7", "2.99.0", "2.114.0", "2.115.0", "3.1.0")
    ] == [
        *(False, False, False),
        *(True, True),
    ]
