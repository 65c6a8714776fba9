"""A stand-in for the Supabase Management API: what the CLI and supa-deploy ask it about one project.

The shapes are those of supabase/cli's generated contracts. Where an answer depends on the database, the real
database is asked (history, queries, login role, the Data API's root), so that no answer is made up.
"""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from supa_deploy.platform.gateway import Gateway
from supa_deploy.platform.keys import Credentials
from supa_deploy.platform.rest import EXPOSED_SCHEMAS
from supa_deploy.platform.web import Answer, Request, json_answer
from supa_deploy.shadow import sql
from supa_deploy.shadow.postgres import SUPERUSER

ACTIVE = "ACTIVE_HEALTHY"
_CREATED_AT = "2026-11-01T00:00:00.000000Z"
_LOGIN_SECONDS = 300
_QUERY_SECONDS = 120.0


@dataclass(slots=True)
class Management:
    """The Management API for one project. `status` is the project's status, changed on cue by tests."""

    credentials: Credentials
    folder_socket: Callable[[str], sql.Socket]
    gateway: Gateway
    database_host: str
    pooler_host: str
    postgres_version: str
    status: str = ACTIVE
    _routes: tuple[tuple[str, re.Pattern[str], Callable[[Request], Answer]], ...] = field(
        init=False, repr=False
    )

    def __post_init__(self) -> None:
        project = f"/v1/projects/{self.credentials.ref}"
        routes = (
            ("GET", "/v1/projects", self._projects),
            ("GET", "/v1/organizations", self._organizations),
            ("GET", project, self._project),
            ("GET", f"{project}/api-keys", self._api_keys),
            ("GET", f"{project}/config/database/pooler", self._pooler),
            ("GET", f"{project}/postgrest", self._postgrest),
            ("POST", f"{project}/cli/login-role", self._login_role),
            ("GET", f"{project}/database/migrations", self._migrations),
            ("GET", f"{project}/database/openapi", self._openapi),
            ("POST", f"{project}/database/query", self._query),
            ("POST", f"{project}/database/query/read-only", self._query_read_only),
        )
        self._routes = tuple((method, re.compile(re.escape(path)), act) for method, path, act in routes)

    def answer(self, request: Request) -> Answer:
        """One answer: 401 without the right token, 404 for another project or an unknown path."""
        if request.headers.get("authorization") != f"Bearer {self.credentials.access_token}":
            return _message(401, "Unauthorized")
        for method, path, act in self._routes:
            if request.method == method and path.fullmatch(request.path):
                return act(request)
        if re.match(r"/v1/projects/[^/]+", request.path):
            return _message(
                404, "Project not found" if self.credentials.ref not in request.path else "Not Found"
            )
        return _message(404, f"Cannot {request.method} {request.path}")

    def _description(self) -> dict[str, object]:
        return {
            "id": self.credentials.ref,
            "ref": self.credentials.ref,
            "organization_id": "throwaway",
            "organization_slug": "throwaway",
            "name": "throwaway",
            "region": "eu-central-1",
            "created_at": _CREATED_AT,
            "status": self.status,
            "database": {
                "host": self.database_host,
                "version": self.postgres_version,
                "postgres_engine": self.postgres_version.partition(".")[0],
                "release_channel": "ga",
            },
        }

    def _project(self, _request: Request) -> Answer:
        return _json(200, self._description())

    def _projects(self, _request: Request) -> Answer:
        return _json(200, [self._description()])

    def _organizations(self, _request: Request) -> Answer:
        return _json(200, [{"id": "throwaway", "slug": "throwaway", "name": "throwaway"}])

    def _api_keys(self, request: Request) -> Answer:
        known = self.credentials
        shown = request.query.get("reveal") == "true"
        secret = known.secret_key if shown else known.secret_key[:15] + "·" * 16
        keys = (
            ("anon", known.anon_key, "legacy"),
            ("service_role", known.service_role_key, "legacy"),
            ("default", known.publishable_key, "publishable"),
            ("default", secret, "secret"),
        )
        return _json(
            200,
            [
                {"id": f"{kind}-{name}", "name": name, "api_key": key, "type": kind}
                for name, key, kind in keys
            ],
        )

    def _pooler(self, _request: Request) -> Answer:
        user = f"postgres.{self.credentials.ref}"
        description = {
            "identifier": self.credentials.ref,
            "database_type": "PRIMARY",
            "is_using_scram_auth": True,
            "db_user": user,
            "db_host": self.pooler_host,
            "db_port": 6543,
            "db_name": "postgres",
            "connection_string": f"postgresql://{user}:[YOUR-PASSWORD]@{self.pooler_host}:6543/postgres",
            "connectionString": f"postgresql://{user}:[YOUR-PASSWORD]@{self.pooler_host}:6543/postgres",
            "default_pool_size": 15,
            "max_client_conn": 200,
            "pool_mode": "transaction",
        }
        return _json(200, [description])

    def _postgrest(self, _request: Request) -> Answer:
        return _json(
            200,
            {
                "db_schema": EXPOSED_SCHEMAS,
                "db_extra_search_path": "public, extensions",
                "max_rows": 1000,
                "db_pool": None,
                "jwt_secret": self.credentials.jwt_secret,
            },
        )

    def _login_role(self, request: Request) -> Answer:
        read_only = bool(json.loads(request.body or b"{}").get("read_only"))
        target = "supabase_read_only_user" if read_only else "postgres"
        role, password = f"cli_login_{target}", secrets.token_urlsafe(24)
        with sql.connected(self.folder_socket(SUPERUSER)) as connection:
            # The second name is what the pooler's address is asked for (the real pooler takes the ref off).
            for name in (role, f"{role}.{self.credentials.ref}"):
                known = connection.run("select 1 from pg_roles where rolname = :name", name=name)
                verb = "alter" if known else "create"
                connection.run(
                    f"{verb} role {sql.identifier(name)} login noinherit password {sql.literal(password)} "
                    f"valid until {sql.literal(_in_seconds(_LOGIN_SECONDS))}; grant {target} to {sql.identifier(name)}"
                )
        return _json(201, {"role": role, "password": password, "ttl_seconds": _LOGIN_SECONDS})

    def _migrations(self, _request: Request) -> Answer:
        with sql.connected(self.folder_socket(SUPERUSER)) as connection:
            if not connection.run(
                "select 1 where to_regclass('supabase_migrations.schema_migrations') is not null"
            ):
                return _json(200, [])
            rows = connection.run(
                "select version, name from supabase_migrations.schema_migrations order by version"
            )
        return _json(200, [{"version": version, "name": name} for version, name in rows or []])

    def _openapi(self, request: Request) -> Answer:
        schema = dict(parse_qsl(request.query_string)).get("schema", "public")
        headers = {"accept": "application/openapi+json", "accept-profile": schema}
        return self.gateway.pass_on(Request("GET", "/", "", headers), "/", "service_role")

    def _query(self, request: Request) -> Answer:
        asked = json.loads(request.body or b"{}")
        return self._run(str(asked.get("query", "")), read_only=bool(asked.get("read_only")))

    def _query_read_only(self, request: Request) -> Answer:
        return self._run(str(json.loads(request.body or b"{}").get("query", "")), read_only=True)

    def _run(self, text: str, *, read_only: bool) -> Answer:
        from pg8000.exceptions import DatabaseError

        user = "supabase_read_only_user" if read_only else "postgres"
        with sql.connected(self.folder_socket(user), seconds=_QUERY_SECONDS) as connection:
            if read_only:
                connection.run("set default_transaction_read_only = on")
            try:
                rows = connection.run(text) or []
            except DatabaseError as error:
                said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
                return _message(400, f"Failed to run sql query: ERROR:  {said.get('C')}: {said.get('M')}\n")
            names = [column["name"] for column in connection.columns or []]
        return _json(201, [dict(zip(names, row, strict=True)) for row in rows])


def _in_seconds(seconds: int) -> str:

    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def _json(status: int, value: object) -> Answer:
    return json_answer(status, json.dumps(value, default=str, ensure_ascii=False))


def _message(status: int, text: str) -> Answer:
    return _json(status, {"message": text})
