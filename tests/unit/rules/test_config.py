"""The project's settings of the rules: where they are found, what they may say, and what is refused in words."""

from pathlib import Path

import pytest

from supa_deploy.errors import UsageError
from supa_deploy.model import Severity
from supa_deploy.rules.config import CheckConfig, exposed_schemas, read_config, read_terms


def test_without_a_file_nothing_is_set(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert read_config(tmp_path) == CheckConfig()


def test_own_file(tmp_path: Path) -> None:
    (tmp_path / "supa-deploy.toml").write_text(
        '[check]\nignore = ["grant-to-anon"]\nfail-on = "warning"\nseverity = { "no-rls" = "error" }\n'
    )
    config = read_config(tmp_path)
    assert config.ignore == {"grant-to-anon"}
    assert config.fail_on is Severity.WARNING
    assert dict(config.severity) == {"no-rls": Severity.ERROR}
    assert config.file == "supa-deploy.toml"


def test_a_table_in_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.supa-deploy.check]\nignore = ["no-rls"]\n')
    assert read_config(tmp_path).ignore == {"no-rls"}


def test_a_pyproject_without_ours_is_passed_over_for_one_further_up(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.supa-deploy.check]\nignore = ["no-rls"]\n')
    inner = tmp_path / "apps" / "web"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text('[project]\nname = "web"\n')
    assert read_config(inner).ignore == {"no-rls"}


def test_the_repository_ends_the_search(tmp_path: Path) -> None:
    (tmp_path / "supa-deploy.toml").write_text('[check]\nignore = ["no-rls"]\n')
    inner = tmp_path / "repository"
    (inner / ".git").mkdir(parents=True)
    assert read_config(inner).ignore == frozenset()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[check]\nignore = "no-rls"\n', "must be a list"),
        ('[check]\nignore = ["no-such-rule"]\n', "no-such-rule"),
        ('[check]\nseverity = { "no-rls" = "fatal" }\n', "error, warning or info"),
        ('[check]\nseverity = { "no-such-rule" = "error" }\n', "no-such-rule"),
        ('[check]\nfail-on = "info"\n', "fail-on must be"),
        ('[check]\nfail_on = "error"\n', "not fail_on"),
        ("[check\n", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "supa-deploy.toml").write_text(text)
    with pytest.raises(UsageError) as raised:
        read_config(tmp_path)
    assert said in raised.value.message


def test_a_rule_that_there_is_not_cannot_be_ignored(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no-such-rule"):
        read_terms(tmp_path, CheckConfig(), ["no-such-rule"])


def test_exposed_schemas_are_those_of_config_toml(tmp_path: Path) -> None:
    assert exposed_schemas(tmp_path) == ("public", "graphql_public")
    (tmp_path / "supabase").mkdir()
    (tmp_path / "supabase" / "config.toml").write_text('[api]\nschemas = ["public", "api"]\n')
    assert exposed_schemas(tmp_path) == ("public", "api")
