"""The throwaway project's credentials: access token, database password, API keys of both kinds, JWTs."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

_FAR_AWAY = 4102444800  # 2100-01-01: no throwaway key may expire in the middle of a run


@dataclass(frozen=True, slots=True)
class Credentials:
    """Everything that opens the throwaway project. Plain texts: they open nothing else, and live as long."""

    ref: str
    access_token: str
    database_password: str
    jwt_secret: str
    secret_key: str
    publishable_key: str
    service_role_key: str
    anon_key: str

    def role_of_key(self, key: str) -> str | None:
        """The database role that an API key stands for (None: not a key of this project)."""
        known = {
            self.secret_key: "service_role",
            self.service_role_key: "service_role",
            self.publishable_key: "anon",
            self.anon_key: "anon",
        }
        return known.get(key)

    def token_for(self, role: str) -> str:
        """The JWT that PostgREST takes for a role, as the hosted gateway mints it for an `sb_` key."""
        return self.service_role_key if role == "service_role" else self.anon_key


def make_credentials(
    ref: str | None = None, password: str | None = None, secret_key: str | None = None
) -> Credentials:
    """New credentials in the formats of the real ones; ref (20 lowercase letters), database password and secret
    key may be given."""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    ref = ref or "".join(secrets.choice(alphabet) for _ in range(20))
    jwt_secret = secrets.token_urlsafe(40)
    return Credentials(
        ref=ref,
        access_token="sbp_" + secrets.token_hex(20),
        database_password=password if password is not None else secrets.token_urlsafe(18),
        jwt_secret=jwt_secret,
        secret_key=secret_key or f"sb_secret_{secrets.token_urlsafe(16)}_{secrets.token_hex(4)}",
        publishable_key=f"sb_publishable_{secrets.token_urlsafe(16)}_{secrets.token_hex(4)}",
        service_role_key=_jwt({"role": "service_role"}, ref, jwt_secret),
        anon_key=_jwt({"role": "anon"}, ref, jwt_secret),
    )


def _jwt(claims: dict[str, str], ref: str, secret: str) -> str:
    payload = {"iss": "supabase", "ref": ref, **claims, "iat": 1700000000, "exp": _FAR_AWAY}
    head = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(payload)}"
    signature = hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest()
    return f"{head}.{_base64(signature)}"


def _part(value: dict[str, object]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
