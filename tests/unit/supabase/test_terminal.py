"""Terminal text: what is left when control sequences go, and what counts as a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supa_deploy.supabase.terminal import Lines, plain, prompt_in


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("\x1b[31mred\x1b[39m", "red"),
        ("\x1b]11;?\x1b\\text", "text"),
        ("\x1b]0;title\x07text", "text"),
        ("10%\r20%\r\r\ndone", "10%\n20%\ndone"),
        ("\x1b[?25lhidden\x1b[?25h", "hidden"),
        ("naïve – “quotes” ✅", "naïve – “quotes” ✅"),
    ],
)
def test_control_sequences_go_and_text_stays(written: str, read: str) -> None:
    assert plain(written) == read


@given(st.text(alphabet=st.characters(blacklist_categories=("Cc", "Cs")), max_size=200))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Applying migration 20250101000000_a.sql...\n",
        "Connecting to remote database...",
        "DRY RUN: migrations will *not* be pushed to the database.\nWould push these migrations:\n • a.sql\n",
        "◇  Selected\n",
        "NOTICE (00000): are you sure?\n",
        "▲  link ignores --password; remove it from your scripts.\n",
    ],
)
def test_progress_is_no_question(text: str) -> None:
    assert prompt_in(text) is None


@given(st.lists(st.text(alphabet="abc:?>] \x1b\r", max_size=20), max_size=20))
def test_lines_are_told_whole_whatever_the_pieces(pieces: list[str]) -> None:
    heard: list[str] = []
    lines = Lines(heard.append)
    text = "\n".join(pieces)
    for start in range(0, len(text), 7):
        lines.write(text[start : start + 7])
    lines.close()
    assert len(heard) == (
        len(text.split("\n")) if not text.endswith("\n") and text else len(text.split("\n")) - 1
    )
    assert lines.length == len(text)
