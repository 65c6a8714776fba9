"""A secret does not show itself, in no spelling."""

from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from supa_deploy.secret import Redactor, Secret

AWKWARD = """'"$%@/:# é\\"""


def test_it_hides_in_str_repr_and_formatting() -> None:
    secret = Secret("hunter22")
    assert f"{secret} {secret!r} {[secret]}" == "[secret] [secret] [[secret]]"


@given(st.text(min_size=4, max_size=30).filter(lambda text: "[secret]" not in text), st.text(max_size=10))
def test_no_spelling_survives_redaction(value: str, around: str) -> None:
    redact = Redactor([Secret(value)])
    for form in (value, quote(value, safe=""), quote(value), quote_plus(value)):
        cleaned = redact(f"<{form}>")
        assert cleaned == "<[secret]>"


def test_awkward_characters_in_json_and_lower_case_escapes() -> None:
    redact = Redactor([Secret(AWKWARD)])
    assert AWKWARD not in redact(f"x{AWKWARD}y")
    assert redact(quote(AWKWARD, safe="").lower()) == "[secret]"
    assert redact(AWKWARD.replace("\\", "\\\\").replace('"', '\\"')) == "[secret]"


def test_a_secret_inside_another_leaves_no_tail() -> None:
    assert Redactor([Secret("abcd"), Secret("abcdefgh")])("abcdefgh") == "[secret]"


def test_short_values_do_not_blank_out_words() -> None:
    assert Redactor([Secret("a")])("a cat") == "a cat"


def test_the_spellings_of_tracebacks_are_hidden() -> None:
    redact = Redactor([Secret(AWKWARD)])
    for spelled in (repr(AWKWARD), ascii(AWKWARD), repr(AWKWARD.encode()).removeprefix("b")):
        assert redact(spelled)[1:-1] == "[secret]"
