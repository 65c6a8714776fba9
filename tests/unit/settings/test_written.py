"""Env files as they are written: what python-dotenv and a shell read back, and what stays of the lines around."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from supa_deploy.errors import UsageError
from supa_deploy.settings.envfile import read_env
from supa_deploy.settings.written import check_text, reads_the_same_everywhere, with_values, written

if TYPE_CHECKING:
    from pathlib import Path

TRICKY = st.text("a0$'\"`\\# =!~{}[]*?;&|<>()%\t\u00e4\u202e\n\r", max_size=12)
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
VALUES = st.one_of(TRICKY, ANY)
NAME = "SUPABASE_DB_PASSWORD"


def read(text: str, folder: Path) -> dict[str, str | None]:
    """What a run reads from a file with this text."""
    file = folder / ".env"
    file.write_bytes(text.encode())
    return dict(read_env(file, []))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples."""
    return tmp_path_factory.mktemp("env")


@given(value=VALUES)
@example(value="")
@example(value="a\\")
@example(value="it's $HOME")
@example(value="'quoted'")
@example(value="a # b")
def test_a_run_reads_back_what_was_written(folder: Path, value: str) -> None:
    text = with_values("OTHER='kept'\n", {NAME: value, "NEXT": "2"}, "ours")
    assert read(text, folder) == {"OTHER": "kept", NAME: value, "NEXT": "2"}
    again = with_values(text, {NAME: value}, "ours")
    assert again == text


@given(old=VALUES, new=VALUES)
def test_a_value_is_changed_where_it_stands(folder: Path, old: str, new: str) -> None:
    text = f"# mine\nexport {NAME}={written(old)} # why\nOTHER=1\n"
    changed = with_values(text, {NAME: new}, "ours")
    assert read(changed, folder) == {NAME: new, "OTHER": "1"}
    assert changed == f"# mine\nexport {NAME}={written(new)} # why\nOTHER=1\n"


def test_a_shell_reads_the_same_where_that_is_promised(folder: Path) -> None:
    """All of these at once: a shell for each of a hundred examples would take long."""
    signs = "a$'\"`\\# =!~%"
    values = [f"{a}{b}{c}" for a in signs for b in signs for c in signs]
    promised = [value for value in values if reads_the_same_everywhere(value)]
    assert len(promised) > len(values) * 0.7
    names = {f"V{place}": value for place, value in enumerate(promised)}
    file = folder / "shell.env"
    file.write_text(with_values("", names, "ours"), "utf-8")
    prints = "; ".join(f'printf "%s\\n" "$V{place}"' for place in range(len(promised)))
    for shell in ("sh", "bash"):
        said = subprocess.run(
            [shell, "-c", f". {shlex.quote(str(file))}; {prints}"], capture_output=True, text=True, check=True
        )
        assert said.stderr == ""
        assert said.stdout.split("\n")[:-1] == promised


def test_lines_of_others_stay_as_they_are() -> None:
    text = "\ufeff# mine\r\n\r\nnot a line of it\r\nA=1\r\nMULTI='x\r\ny'\r\n#B=2\r\nA=3 # last"
    changed = with_values(text, {"A": "x y", "B": "2"}, "ours")
    assert changed == (
        "# mine\r\n\r\nnot a line of it\r\nA=1\r\nMULTI='x\r\ny'\r\n#B=2\r\nA='x y' # last\r\n\r\n# ours\r\nB=2\r\n"
    )


def test_an_empty_name_is_filled_and_the_heading_stands_once() -> None:
    first = with_values("A=\nB", {"A": "1"}, "ours")
    assert first == "A=1\nB"
    second = with_values(first, {"C": "2"}, "ours")
    assert second == "A=1\nB\n\n# ours\nC=2\n"
    assert with_values(second, {"D": "3"}, "ours") == f"{second}D=3\n"
    assert with_values("B\n", {"B": "1"}, "ours") == "B=1\n"


def test_what_is_no_text_is_refused_without_being_quoted() -> None:
    with pytest.raises(UsageError) as refused:
        check_text(NAME, "hush\udcff")
    assert "hush" not in refused.value.message
    check_text(NAME, "ä")
