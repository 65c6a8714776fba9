"""Environments by name: their own file, and nothing of another."""

from pathlib import Path

import pytest

from supa_deploy.errors import UsageError
from supa_deploy.settings import Flags, load

STAGING, PRODUCTION = "s" * 20, "p" * 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "supabase" / ".temp").mkdir(parents=True)
    (tmp_path / "supabase" / "config.toml").touch()
    (tmp_path / ".env").write_text(f"SUPABASE_PROJECT_REF={PRODUCTION}\nSUPABASE_DB_PASSWORD=of-production\n")
    (tmp_path / ".env.staging").write_text(f"SUPABASE_PROJECT_REF={STAGING}\n")
    for file in tmp_path.glob(".env*"):
        file.chmod(0o600)
    return tmp_path


def test_a_named_environment_reads_its_own_file_and_nothing_of_the_others(folder: Path) -> None:
    settings = load(Flags(environment="staging"), {}, folder)
    assert (settings.environment, settings.project_ref) == ("staging", STAGING)
    assert settings.env_file == folder / ".env.staging"
    assert settings.db_password is None, "the password in .env is another environment's"
    assert settings.warnings == ()


def test_without_a_name_it_is_the_plain_file(folder: Path) -> None:
    settings = load(Flags(), {}, folder)
    assert (settings.environment, settings.project_ref) == (None, PRODUCTION)


def test_what_link_left_is_not_the_target_of_a_named_environment(folder: Path) -> None:
    (folder / "supabase" / ".temp" / "project-ref").write_text(PRODUCTION)
    (folder / ".env.staging").write_text("SUPABASE_DB_PASSWORD=x\n")
    assert load(Flags(environment="staging"), {}, folder).project_ref is None


def test_an_environment_of_which_nothing_is_known_is_refused(folder: Path) -> None:
    (folder / "supabase" / ".temp" / "project-ref").write_text(PRODUCTION)
    with pytest.raises(UsageError, match=r"There is no \.env\.stagnig") as refused:
        load(Flags(environment="stagnig"), {}, folder)
    assert "onboard --env stagnig" in (refused.value.hint or "")


def test_in_ci_the_process_environment_is_enough(folder: Path) -> None:
    settings = load(Flags(environment="ci"), {"SUPABASE_PROJECT_REF": STAGING}, folder)
    assert (settings.environment, settings.project_ref) == ("ci", STAGING)


@pytest.mark.parametrize("name", ["SUPABASE_PROJECT_REF", "SUPABASE_PROJECT_ID"])
def test_a_shell_that_still_holds_another_environment_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"differ in SUPABASE_PROJECT_REF") as refused:
        load(Flags(environment="staging"), {name: PRODUCTION}, folder)
    assert refused.value.code == "two_environments"


def test_a_password_that_differs_is_named_and_not_quoted(folder: Path) -> None:
    (folder / ".env.staging").write_text(
        f"SUPABASE_PROJECT_REF={STAGING}\nSUPABASE_DB_PASSWORD=first-secret\n"
    )
    with pytest.raises(UsageError) as refused:
        load(Flags(environment="staging"), {"SUPABASE_DB_PASSWORD": "second-secret"}, folder)
    assert "SUPABASE_DB_PASSWORD" in refused.value.message
    assert "secret" not in f"{refused.value.message} {refused.value.hint}"


def test_the_same_value_in_both_is_no_mixture(folder: Path) -> None:
    assert load(Flags(environment="staging"), {"SUPABASE_PROJECT_ID": STAGING}, folder).project_ref == STAGING


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b", "x" * 65, "a\n"])
def test_a_name_that_no_file_could_carry(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match="not the name of an environment"):
        load(Flags(environment=name), {}, folder)
