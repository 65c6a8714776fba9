"""docs/rules.md is what the rules say, and the pre-commit hook calls what there is."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

from typer import main as typer_main

from supa_deploy.cli.commands import app

ROOT = Path(__file__).parents[3]


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "write_rule_index", ROOT / "scripts" / "write_rule_index.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_rules_is_true() -> None:
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == _script().index()


def test_the_hook_calls_a_command_and_sees_migrations_alone() -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    entry = re.search(r"entry: supa-deploy (\S+)", text)
    assert entry is not None
    assert entry[1] in typer_main.get_command(app).commands  # type: ignore[attr-defined]  # a group, typed as a command
    files = re.search(r"files: (\S+)", text)
    assert files is not None
    assert re.search(files[1], "supabase/migrations/20250101000000_a.sql")
    assert re.search(files[1], "apps/web/supabase/migrations/20250101000000_a.sql")
    assert not re.search(files[1], "supabase/seed.sql")
