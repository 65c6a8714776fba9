"""How a given server is spoken to: TLS as libpq reads it."""

import ssl

import pytest

from supa_deploy.settings import parse_database_url
from supa_deploy.shadow.sql import _tls, identifier, literal


@pytest.mark.parametrize(
    ("url", "verified", "host_checked"),
    [
        ("postgresql://u@db.example.com/d", False, False),
        ("postgresql://u@db.example.com/d?sslmode=require", False, False),
        ("postgresql://u@db.example.com/d?sslmode=verify-ca", True, False),
        ("postgresql://u@db.example.com/d?sslmode=verify-full", True, True),
        ("postgresql://u@localhost/d?sslmode=require", False, False),
    ],
)
def test_tls_to_others(url: str, verified: bool, host_checked: bool) -> None:
    context = _tls(parse_database_url(url, name="test"))
    assert context is not None
    assert (context.verify_mode == ssl.CERT_REQUIRED, context.check_hostname) == (verified, host_checked)


@pytest.mark.parametrize(
    "url", ["postgresql://u@localhost/d", "postgresql://u@127.0.0.1/d", "postgresql://u@h/d?sslmode=disable"]
)
def test_none_on_this_machine_or_when_it_is_switched_off(url: str) -> None:
    assert _tls(parse_database_url(url, name="test")) is None


def test_texts_and_names() -> None:
    assert literal("it's") == "'it''s'"
    assert literal("a\\b'") == "E'a\\\\b'''"
    assert identifier('a"b') == '"a""b"'
