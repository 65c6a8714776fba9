"""The first step: every secret is a mask in every spelling a URL may give it, before anything else is said."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.action.runner import Log

if TYPE_CHECKING:
    from collections.abc import Mapping

MASK = Path(__file__).parents[2] / "action" / "mask.sh"
_SHELLS = [name for name in ("dash", "bash", "sh") if shutil.which(name)]


def _masks(environ: Mapping[str, str], shell: str = "sh") -> list[str]:
    """What the runner masks after the script; fails when it says anything else."""
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    ran = subprocess.run([shell, str(MASK)], env={**path, **environ}, capture_output=True, check=True)
    assert ran.stderr == b""
    log = Log()
    log.read(ran.stdout.decode())
    assert set(log.names) <= {"add-mask"}
    assert log.lines == []
    return log.masks


def _percent_encoded(value: str) -> set[str]:
    upper = {quote(value, safe=""), quote(value), quote_plus(value), quote(value, safe="!*'()~-._")}
    lower = {
        "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])
        for first, *rest in (text.split("%") for text in upper)
    }
    return upper | lower


@pytest.mark.parametrize("shell", _SHELLS)
def test_a_secret_is_masked_plain_and_percent_encoded(shell: str) -> None:
    value = "p ä%/(x)'+&\\ \"~100%"
    assert set(_masks({"IN_DB_PASSWORD": value}, shell)) == {value} | _percent_encoded(value)


def test_several_lines_are_masked_as_a_whole_and_one_by_one() -> None:
    assert {"first\nsecond\r\nthird", "first", "second", "third"} <= set(
        _masks({"IN_SECRET_KEY": "first\nsecond\r\nthird"})
    )


def test_the_password_of_a_url_is_masked_alone_too() -> None:
    url = "postgresql://postgres.ref:p%40ss@w@pooler.example.com:5432/postgres"
    assert {url, "p%40ss@w", "p%2540ss%40w"} <= set(_masks({"SUPABASE_DB_URL": url}))


def test_variables_of_the_job_are_masked_like_inputs_and_nothing_else_is() -> None:
    assert _masks({"SUPABASE_ACCESS_TOKEN": "sbp_1", "IN_URL": "https://x", "IN_DB_URL": ""}) == ["sbp_1"]
    assert _masks({}) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30))
@example("$(touch /tmp/x); `id` \" ' \\n %0A::error::x")
@example("-n")
@example("\\000")
def test_any_value_is_masked_and_stays_a_value(value: str) -> None:
    masks = set(_masks({"IN_DB_PASSWORD": value}))
    if value.strip(" \t\n\r"):
        assert {form for form in _percent_encoded(value) if form.strip("\t ")} <= masks
        assert value in masks
