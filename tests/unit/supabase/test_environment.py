"""A child's environment: what never reaches it, what it always has, where it lives."""

from collections.abc import Callable
from pathlib import Path

import pytest

from supa_deploy.secret import Secret
from supa_deploy.settings import Settings, parse_database_url
from supa_deploy.supabase.environment import (
    FORCED,
    REMOVED,
    Login,
    bare_environment,
    child_environment,
    find_login,
)
from supa_deploy.supabase.target import ByUrl, Linked, Target

REF = "abcdefghijklmnopqrst"
TOKEN = Secret("sbp_" + "1" * 40)
PASSWORD = Secret("p@ss")
HOME = Path("/private")
LOGIN = Login(TOKEN, "environment", None)
Make = Callable[..., Settings]
FIXED = {**FORCED, "HOME": "/private", "SUPABASE_HOME": "/private/.supabase", "SUPABASE_NO_KEYRING": "1"}


def by_url(
    text: str = "postgresql://postgres@db.example.org/app", password: Secret | None = PASSWORD
) -> ByUrl:
    """A URL target."""
    return ByUrl(parse_database_url(text, name="test", fallback_password=password))


def test_a_linked_project_by_default(settings: Make) -> None:
    assert child_environment(settings({"PATH": "/bin"}), Linked(REF), LOGIN, HOME) == {
        **FIXED,
        "PATH": "/bin",
        "SUPABASE_PROJECT_ID": REF,
        "SUPABASE_ACCESS_TOKEN": TOKEN,
        "PGSSLMODE": "require",
    }


def test_a_linked_project_with_everything_set(settings: Make) -> None:
    told = settings(
        {"PATH": "/bin", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/ca.pem"}, db_password=PASSWORD
    )
    login = Login(TOKEN, ".env", "/profile.yaml")
    assert child_environment(told, Linked(REF), login, HOME) == {
        **FIXED,
        "PATH": "/bin",
        "SUPABASE_PROJECT_ID": REF,
        "SUPABASE_ACCESS_TOKEN": TOKEN,
        "SUPABASE_DB_PASSWORD": PASSWORD,
        "SUPABASE_PROFILE": "/profile.yaml",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/ca.pem",
    }


def test_a_url_gets_its_password_and_no_token(settings: Make) -> None:
    told = settings({"PATH": "/bin"}, access_token=TOKEN, db_password=Secret("another"))
    assert child_environment(told, by_url(), LOGIN, HOME) == {
        **FIXED,
        "PATH": "/bin",
        "PGPASSWORD": PASSWORD,
        "PGSSLMODE": "require",
    }


@pytest.mark.parametrize(
    ("url", "environ", "mode"),
    [
        ("postgresql://db.example.org/app", {}, "require"),
        ("postgresql://db.example.org/app?sslmode=disable", {}, "disable"),
        ("postgresql://db.example.org/app?sslmode=verify-full", {"PGSSLMODE": "disable"}, "verify-full"),
        ("postgresql://db.example.org/app", {"PGSSLMODE": "disable"}, "disable"),
        ("postgresql://127.0.0.1/app", {}, None),
        ("postgresql://localhost/app?sslmode=disable", {}, "disable"),
    ],
)
def test_tls_with_a_url_is_what_was_said_and_required_where_nothing_was(
    settings: Make, url: str, environ: dict[str, str], mode: str | None
) -> None:
    assert child_environment(settings(environ), by_url(url), LOGIN, HOME).get("PGSSLMODE") == mode


def test_a_socket_has_no_wire_and_so_no_tls(settings: Make) -> None:
    target = by_url("postgresql://postgres@localhost:5999/one?host=/private/folder", None)
    told = settings(
        {"PATH": "/bin", "PGSSLMODE": "verify-full"}, access_token=TOKEN, db_password=Secret("another")
    )
    assert child_environment(told, target, LOGIN, HOME) == {**FIXED, "PATH": "/bin"}


@pytest.mark.parametrize("asked", ["disable", "prefer", "allow"])
def test_a_hosted_project_is_never_spoken_to_in_plain_text(settings: Make, asked: str) -> None:
    environ = child_environment(settings({"PGSSLMODE": asked}), Linked(REF), LOGIN, HOME)
    assert environ["PGSSLMODE"] == "require"


@pytest.mark.parametrize("target", [Linked(REF), by_url()])
def test_nothing_that_changes_behaviour_comes_through(settings: Make, target: Target) -> None:
    strange = (
        *REMOVED,
        "PGHOST",
        "PGSERVICE",
        "PGOPTIONS",
        "PGPASSFILE",
        "SUPABASE_DB_MIGRATIONS_ENABLED",
        "SUPABASE_EXPERIMENTAL",
        "SUPABASE_TELEMETRY_DEBUG",
        "SUPA_DEPLOY_SHADOW_URL",
        "XDG_CONFIG_HOME",
    )
    told = settings(dict.fromkeys(strange, "from outside"))
    assert "from outside" not in child_environment(told, target, LOGIN, HOME).values()


def test_what_the_persons_project_needs_comes_through(settings: Make) -> None:
    needed = {
        "PATH": "/bin",
        "HTTPS_PROXY": "http://proxy",
        "NODE_EXTRA_CA_CERTS": "/ca.pem",
        "SUPABASE_AUTH_EXTERNAL_GITHUB_SECRET": "for config.toml",
        "SUPABASE_ENV": "production",
        "TMPDIR": "/tmp",
    }
    environ = child_environment(settings(needed), Linked(REF), LOGIN, HOME)
    assert needed.items() <= environ.items()


def test_without_a_target_there_is_no_secret(settings: Make) -> None:
    told = settings({"PATH": "/bin", "SUPABASE_ACCESS_TOKEN": "x"}, access_token=TOKEN, db_password=PASSWORD)
    assert bare_environment(told, HOME) == {**FIXED, "PATH": "/bin"}


@pytest.fixture
def login_folder(tmp_path: Path) -> Path:
    """What `supabase login` leaves."""
    folder = tmp_path / "home" / ".supabase"
    folder.mkdir(parents=True)
    (folder / "access-token").write_text("sbp_" + "2" * 40 + "\n", encoding="utf-8")
    (folder / "profile").write_text("supabase-staging", encoding="utf-8")
    return folder


def test_the_settings_token_comes_first_and_leaves_the_stored_profile_alone(
    settings: Make, login_folder: Path
) -> None:
    told = settings(
        {"HOME": str(login_folder.parent)}, access_token=TOKEN, sources={"SUPABASE_ACCESS_TOKEN": ".env"}
    )
    assert find_login(told) == Login(TOKEN, ".env", None)


def test_a_stored_login_is_read_with_its_profile(settings: Make, login_folder: Path) -> None:
    found = find_login(settings({"HOME": str(login_folder.parent)}))
    assert found == Login(Secret("sbp_" + "2" * 40), "supabase login", "supabase-staging")


def test_a_stored_login_is_found_where_supabase_home_says(settings: Make, login_folder: Path) -> None:
    found = find_login(settings({"HOME": "/nowhere", "SUPABASE_HOME": str(login_folder)}, profile="supabase"))
    assert found == Login(Secret("sbp_" + "2" * 40), "supabase login", "supabase")


def test_what_is_no_token_is_not_passed_on(settings: Make, login_folder: Path) -> None:
    (login_folder / "access-token").write_text("eyJ-something-else", encoding="utf-8")
    there = {"HOME": str(login_folder.parent), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/7/bus"}
    assert find_login(settings(there)) == Login(None, None, "supabase-staging", keyring=True)


def test_without_a_message_bus_there_is_no_keyring(settings: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.getuid", lambda: 4_000_000)
    assert not find_login(settings({"HOME": "/nowhere"})).keyring
    assert find_login(settings({"HOME": "/nowhere", "DBUS_SESSION_BUS_ADDRESS": "unix:x"})).keyring
    switched_off = {"HOME": "/nowhere", "DBUS_SESSION_BUS_ADDRESS": "unix:x", "SUPABASE_NO_KEYRING": "1"}
    assert not find_login(settings(switched_off)).keyring


def test_only_the_keyrings_login_shows_the_child_the_persons_home_but_not_its_own_folder_there(
    settings: Make,
) -> None:
    told = settings(
        {
            "HOME": "/home/person",
            "XDG_DATA_HOME": "/home/person/.data",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/7/bus",
        }
    )
    environ = child_environment(told, Linked(REF), find_login(told), HOME)
    assert environ["HOME"] == "/home/person"
    assert environ["XDG_DATA_HOME"] == "/home/person/.data"
    assert environ["SUPABASE_HOME"] == "/private/.supabase"
    assert "SUPABASE_NO_KEYRING" not in environ
    assert "SUPABASE_ACCESS_TOKEN" not in environ
