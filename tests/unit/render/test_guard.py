"""No text is a command: held against a reader that takes lines apart as the runner does."""

import io
import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from supa_deploy.render.annotations import command
from supa_deploy.render.guard import Guard, harmless, harmless_json

_NAMES = ("error", "warning", "notice", "set-output", "add-mask", "stop-commands", "group")


def _commands(text: str) -> list[str]:
    """The names of the commands that the runner would see in these lines while the door is open."""
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        start = re.match(r"\s*::([^:]*?)( [^\n]*?)?::", line)
        if start and start[1].lower() in _NAMES:
            found.append(start[1])
            continue
        inline = re.search(r"##\[([^\] ]*)[^\]]*\]", line)
        if inline and inline[1].lower() in _NAMES:
            found.append(inline[1])
    return found


HOSTILE = (
    "::error::pwned",
    "  ::set-output name=a::b",
    "x\r::add-mask::a",
    "\u00a0\u3000::error::x",
    "a ##[error]b ##[warning]c",
    "###[error]x",
    ":::error::",
    "a\n\n::stop-commands::mine\r\n::notice::x",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_a_command_as_it_is_and_none_when_harmless(text: str) -> None:
    assert text == ":::error::" or _commands(text)
    assert _commands(harmless(text)) == []


@given(
    st.lists(st.sampled_from(["::", ":", "##[", "#", "[", "]", "\n", "\r", " ", "\t", "error", "x"])).map(
        "".join
    )
)
@example("##\n##[error]")
def test_no_text_is_a_command(text: str) -> None:
    assert _commands(harmless(text)) == []
    assert harmless(harmless(text)) == harmless(text)


@pytest.mark.parametrize("text", ["a::b", "id::text", "# Title", "#[x]", "a\n:x", "select 1::int::text\n"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(st.text())
@example("##[error]x\n::error::y")
def test_a_document_means_what_it_meant(text: str) -> None:
    document = json.dumps({"text": text, text: 1}, ensure_ascii=False, indent=2)
    assert json.loads(harmless_json(document)) == json.loads(document)
    assert _commands(harmless_json(document)) == []
    assert harmless(harmless_json(document)) == harmless_json(document)


def test_the_door_is_closed_before_text_and_open_for_our_own_commands() -> None:
    stream = io.StringIO()
    guard = Guard(stream)
    guard.commands(command("add-mask", "x"))
    guard.text("one\n")
    guard.text("two\n")
    guard.commands(command("error", "three"))
    guard.close()
    guard.close()
    token = stream.getvalue().splitlines()[1].removeprefix("::stop-commands::")
    assert re.fullmatch(r"supa-deploy-[0-9a-f]{32}", token)
    assert stream.getvalue().splitlines() == [
        "::add-mask::x",
        f"::stop-commands::{token}",
        "one",
        "two",
        f"::{token}::",
        "::error::three",
        f"::stop-commands::{token}",
    ]


def test_no_two_runs_have_the_same_token() -> None:
    streams = io.StringIO(), io.StringIO()
    for stream in streams:
        Guard(stream).close()
    assert streams[0].getvalue() != streams[1].getvalue()


def test_nothing_to_write_writes_nothing() -> None:
    stream = io.StringIO()
    Guard(stream).text("")
    Guard(stream).commands("")
    assert stream.getvalue() == ""
