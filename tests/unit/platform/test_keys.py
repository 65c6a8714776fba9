"""The throwaway credentials have the formats of real ones."""

import base64
import hashlib
import hmac
import json
import re

from supa_deploy.platform.keys import make_credentials


def test_formats() -> None:
    made = make_credentials()
    assert re.fullmatch(r"[a-z]{20}", made.ref)
    assert re.fullmatch(r"sbp_[0-9a-f]{40}", made.access_token)
    assert made.secret_key.startswith("sb_secret_")
    assert made.publishable_key.startswith("sb_publishable_")


def test_each_project_has_its_own() -> None:
    one, other = make_credentials(), make_credentials()
    assert one.secret_key != other.secret_key
    assert one.database_password != other.database_password
    assert one.role_of_key(other.secret_key) is None


def test_roles_of_keys() -> None:
    made = make_credentials(ref="a" * 20, password="p", secret_key="sb_secret_given")
    assert made.role_of_key("sb_secret_given") == made.role_of_key(made.service_role_key) == "service_role"
    assert made.role_of_key(made.publishable_key) == made.role_of_key(made.anon_key) == "anon"
    assert (made.ref, made.database_password) == ("a" * 20, "p")


def test_tokens_are_signed_with_the_secret() -> None:
    made = make_credentials()
    head, _, signature = made.token_for("service_role").rpartition(".")
    expected = hmac.new(made.jwt_secret.encode(), head.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == expected
    payload = json.loads(base64.urlsafe_b64decode(head.partition(".")[2] + "=="))
    assert payload["role"] == "service_role"
