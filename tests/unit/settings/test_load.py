"""Where each setting comes from, and what is refused."""

from pathlib import Path

import pytest

from supa_deploy.errors import AuthFailed, SupaDeployError, UsageError
from supa_deploy.settings import Flags, Settings, at_database, load, parse_database_url

REF = "abcdefghijklmnopqrst"
OTHER = "tsrqponmlkjihgfedcba"
TOKEN = "sbp_" + "0a" * 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "supabase").mkdir()
    (tmp_path / "supabase" / "config.toml").write_text('project_id = "label"\n')
    return tmp_path


def read(folder: Path, flags: Flags | None = None, **environ: str) -> Settings:
    return load(flags or Flags(), environ=environ, cwd=folder)


def write_env(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)


def test_defaults(folder: Path) -> None:
    settings = read(folder)
    assert settings.workdir == folder.resolve()
    assert settings.project_ref is None
    assert settings.timeout == 600
    assert settings.secrets == ()
    assert settings.warnings == ()


def test_workdir_is_searched_upward(folder: Path) -> None:
    deep = folder / "a" / "b"
    deep.mkdir(parents=True)
    assert read(deep).workdir == folder.resolve()


def test_workdir_flag_that_is_not_there(folder: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read(folder, Flags(workdir=Path("nowhere")))


def test_environment_beats_env_file_and_flag_beats_both(folder: Path) -> None:
    write_env(folder / ".env", f"SUPABASE_PROJECT_REF={OTHER}\nSUPABASE_DB_PASSWORD=file\n")
    from_file = read(folder)
    assert from_file.project_ref == OTHER
    assert from_file.sources["SUPABASE_PROJECT_REF"] == ".env"
    from_environment = read(folder, SUPABASE_PROJECT_REF=REF, SUPABASE_DB_PASSWORD="shell")
    assert from_environment.project_ref == REF
    assert from_environment.db_password is not None
    assert from_environment.db_password.reveal() == "shell"
    third = "zzzzzzzzzzzzzzzzzzzz"
    assert read(folder, Flags(project_ref=third), SUPABASE_PROJECT_REF=REF).project_ref == third


def test_env_file_beside_supabase_beats_the_one_inside(folder: Path) -> None:
    write_env(folder / ".env", "SUPABASE_DB_PASSWORD=outer\n")
    write_env(folder / "supabase" / ".env", f"SUPABASE_DB_PASSWORD=inner\nSUPABASE_ACCESS_TOKEN={TOKEN}\n")
    settings = read(folder)
    assert settings.db_password is not None
    assert settings.db_password.reveal() == "outer"
    assert settings.access_token is not None


def test_a_password_is_taken_as_written(folder: Path) -> None:
    write_env(folder / ".env", "A=1\nSUPABASE_DB_PASSWORD='p$A${A}#\"x'\n")
    password = read(folder).db_password
    assert password is not None
    assert password.reveal() == 'p$A${A}#"x'


def test_env_file_that_others_can_read_is_warned_of(folder: Path) -> None:
    write_env(folder / ".env", "A=1\n")
    (folder / ".env").chmod(0o644)
    assert any("can be read by others" in warning for warning in read(folder).warnings)


def test_env_file_with_a_broken_line_is_warned_of_without_quoting_it(folder: Path) -> None:
    write_env(folder / ".env", "this is not a setting s3cret\nSUPABASE_DB_PASSWORD=x\n")
    warnings = read(folder).warnings
    assert any("passed over" in warning for warning in warnings)
    assert "s3cret" not in "".join(warnings)


def test_cli_name_of_the_ref(folder: Path) -> None:
    assert read(folder, SUPABASE_PROJECT_ID=REF).project_ref == REF
    assert read(folder, SUPABASE_PROJECT_ID=OTHER, SUPABASE_PROJECT_REF=REF).project_ref == REF


def test_what_link_left_counts_last(folder: Path) -> None:
    (folder / "supabase" / ".temp").mkdir()
    (folder / "supabase" / ".temp" / "project-ref").write_text(REF)
    assert read(folder).project_ref == REF
    assert read(folder).sources["SUPABASE_PROJECT_REF"] == "supabase link"
    assert read(folder, SUPABASE_PROJECT_REF=OTHER).project_ref == OTHER
    by_url = read(folder, SUPABASE_DB_URL="postgresql://me@db.example:5432/app")
    assert by_url.project_ref is None
    assert by_url.db_url is not None


@pytest.mark.parametrize("ref", ["short", REF.upper(), REF + "a", "abcdefghij0123456789"])
def test_bad_ref(folder: Path, ref: str) -> None:
    with pytest.raises(UsageError, match="20 lowercase letters"):
        read(folder, Flags(project_ref=ref))


@pytest.mark.parametrize("token", ["abc", "sbp_xyz", "eyJhbGciOiJIUzI1NiJ9.e30.x", "sbp_" + "0a" * 21])
def test_malformed_token_is_refused_without_quoting_it(folder: Path, token: str) -> None:
    with pytest.raises(AuthFailed) as caught:
        read(folder, SUPABASE_ACCESS_TOKEN=token)
    assert token not in caught.value.message
    assert "nothing was touched" in caught.value.message.lower()


def test_two_targets_of_one_rank_are_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="two databases"):
        read(folder, SUPABASE_PROJECT_REF=REF, SUPABASE_DB_URL="postgresql://h/d")
    with pytest.raises(UsageError, match="two databases"):
        read(folder, Flags(project_ref=REF, db_url="postgresql://h/d"))


def test_the_target_of_the_higher_rank_wins(folder: Path) -> None:
    write_env(folder / ".env", "SUPABASE_DB_URL=postgresql://h/d\n")
    assert read(folder, SUPABASE_PROJECT_REF=REF).db_url is None
    by_flag = read(folder, Flags(db_url="postgresql://me@h/d"), SUPABASE_PROJECT_REF=REF)
    assert by_flag.project_ref is None
    assert by_flag.db_url is not None
    assert by_flag.db_url.user == "me"


def test_url_with_password_in_argv_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read(folder, Flags(db_url="postgresql://me:s3cret@h/d"))
    assert "s3cret" not in str(caught.value) + str(caught.value.hint)
    assert caught.value.code == "password_in_argv"


def test_url_password_is_a_secret_of_its_own(folder: Path) -> None:
    settings = read(folder, SUPABASE_DB_URL="postgres://me:p%40ss@h:6543/my%20db?sslmode=require")
    url = settings.db_url
    assert url is not None
    assert url.url == "postgresql://me@h:6543/my%20db?sslmode=require"
    assert url.password is not None
    assert url.password.reveal() == "p@ss"
    assert "p@ss" not in repr(settings)
    assert settings.redact("x p@ss y p%40ss z") == "x [secret] y [secret] z"


@pytest.mark.parametrize(
    "option", ["password=s3cret%26x", "p%61ssword=s3cret%26x", "sslmode=require&password=s3cret%26x"]
)
def test_a_password_among_the_urls_options_never_reaches_argv(folder: Path, option: str) -> None:
    settings = read(folder, SUPABASE_DB_URL=f"postgresql://me@h:6543/d?{option}&application_name=a%20b")
    url = settings.db_url
    assert url is not None
    assert "s3cret" not in url.url
    assert url.url.endswith("application_name=a%20b")
    assert url.password is not None
    assert url.password.reveal() == "s3cret&x"
    assert settings.redact("s3cret&x") == "[secret]"
    with pytest.raises(UsageError, match="command line is visible"):
        read(folder, Flags(db_url=f"postgresql://me@h/d?{option}"))


def test_a_certificates_password_is_refused_rather_than_shown(folder: Path) -> None:
    with pytest.raises(UsageError, match="process list") as caught:
        read(folder, SUPABASE_DB_URL="postgresql://me@h/d?sslpassword=s3cret")
    assert "s3cret" not in caught.value.message


def test_pgpassword_serves_a_url_without_one(folder: Path) -> None:
    url = read(folder, Flags(db_url="postgresql://h/d"), PGPASSWORD="pw").db_url
    assert url is not None
    assert url.password is not None
    assert url.password.reveal() == "pw"


def test_password_of_the_same_server_in_the_environment_serves_the_flag(folder: Path) -> None:
    environ = {"SUPABASE_DB_URL": "postgresql://me:pw@h/d"}
    same = load(Flags(db_url="postgresql://me@h/other"), environ=environ, cwd=folder).db_url
    assert same is not None
    assert same.password is not None
    elsewhere = load(Flags(db_url="postgresql://me@elsewhere/d"), environ=environ, cwd=folder).db_url
    assert elsewhere is not None
    assert elsewhere.password is None


@pytest.mark.parametrize(
    "url",
    [
        "mysql://h/d",
        "postgresql://",
        "postgresql://me:s3cret@h:port/d",
        "postgresql://me:s3%zzcret@h/d",
        "h/d",
    ],
)
def test_malformed_url_never_quotes_itself(folder: Path, url: str) -> None:
    with pytest.raises(SupaDeployError) as caught:
        read(folder, SUPABASE_DB_URL=url)
    assert caught.value.code == "malformed_db_url"
    assert "s3" not in caught.value.message


@pytest.mark.parametrize("url", ["example.com", "ftp://x", "https://user:pw@h"])
def test_bad_api_url(folder: Path, url: str) -> None:
    with pytest.raises(UsageError, match="SUPABASE_URL"):
        read(folder, SUPABASE_URL=url)


def test_timeout_must_be_positive(folder: Path) -> None:
    with pytest.raises(UsageError, match="--timeout"):
        read(folder, Flags(timeout=0))


def test_shadow_url_keeps_its_password_apart_and_hidden(folder: Path) -> None:
    settings = read(folder, SUPA_DEPLOY_SHADOW_URL="postgresql://me:sh4dow@scratch:5499/d?sslmode=disable")
    assert settings.shadow_url is not None
    assert settings.shadow_url.url == "postgresql://me@scratch:5499/d?sslmode=disable"
    assert settings.shadow_url.password is not None
    assert settings.redact("it is sh4dow") == "it is [secret]"
    assert settings.sources["SUPA_DEPLOY_SHADOW_URL"] == "environment"
    assert settings.db_url is None


def test_the_targets_password_is_never_the_shadows(folder: Path) -> None:
    settings = read(
        folder,
        SUPA_DEPLOY_SHADOW_URL="postgresql://me@scratch/d",
        SUPABASE_DB_URL="postgresql://me@live/d",
        PGPASSWORD="pw",
    )
    assert settings.shadow_url is not None
    assert settings.shadow_url.password is None


def test_the_target_cannot_be_its_own_shadow(folder: Path) -> None:
    with pytest.raises(UsageError, match="very server") as caught:
        read(
            folder,
            SUPA_DEPLOY_SHADOW_URL="postgresql://root:sh4dow@live/scratch",
            SUPABASE_DB_URL="postgresql://me:pw@live:5432/postgres",
        )
    assert "sh4dow" not in caught.value.message
    other_port = read(
        folder,
        SUPA_DEPLOY_SHADOW_URL="postgresql://root@localhost:5499/d",
        SUPABASE_DB_URL="postgresql://me@localhost:5432/postgres",
    )
    assert other_port.shadow_url is not None


def test_malformed_shadow_url_never_quotes_itself(folder: Path) -> None:
    with pytest.raises(UsageError, match="SUPA_DEPLOY_SHADOW_URL") as caught:
        read(folder, SUPA_DEPLOY_SHADOW_URL="postgresql://me:sh4dow@h:port/d")
    assert "sh4dow" not in caught.value.message


def test_another_database_of_the_same_server() -> None:
    url = parse_database_url("postgresql://me:pw@h:5499/d?sslmode=require", name="test")
    other = at_database(url, "a b")
    assert other.url == "postgresql://me@h:5499/a%20b?sslmode=require"
    assert (other.database, other.password, other.port) == ("a b", url.password, 5499)


def test_a_socket_url_passes_through() -> None:
    text = "postgresql://postgres@localhost:9/files?host=/tmp/sd-abc"
    url = parse_database_url(text, name="test")
    assert (url.url, url.password, url.port) == (text, None, 9)


def test_scratch_servers_can_be_switched_off(folder: Path) -> None:
    settings = load(Flags(workdir=folder), {"SUPA_DEPLOY_SHADOW_URL": "off"})
    assert settings.shadow_off
    assert settings.shadow_url is None
    assert not load(Flags(workdir=folder), {}).shadow_off
