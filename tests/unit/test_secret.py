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


def test_what_is_a_secret_by_its_look_is_hidden_whoever_it_belongs_to() -> None:
    """A webhook made in the Dashboard has the project's key in its trigger: drift would print it."""
    web_token = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJlLXNpZw"
    trigger = (
        "CREATE TRIGGER t AFTER INSERT ON public.t EXECUTE FUNCTION supabase_functions.http_request("
        f"""'https://x', 'POST', '{{"Authorization":"Bearer {web_token}","apikey":"sb_secret_0123456789abcdef"}}')"""
    )
    hidden = Redactor()(f"{trigger}; -- sbp_{'0a' * 20}")
    assert web_token not in hidden
    assert "sb_secret_" not in hidden
    assert "sbp_" not in hidden
    assert hidden.count("[secret]") == 3
    assert "CREATE TRIGGER t AFTER INSERT ON public.t" in hidden


def test_what_only_resembles_a_secret_stays() -> None:
    text = "sbp_0102...1920, sb_publishable_x, eyJustAWord, a.b.c"
    assert Redactor()(text) == text
