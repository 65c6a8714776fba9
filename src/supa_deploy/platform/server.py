"""The platform's own process: owns PostgreSQL, PostgREST, the stand-ins' HTTP server and the private folder.

A process apart, because the one that runs the deploy forks (pexpect) and must have no threads of ours, and
because a process that dies with its starter cleans up after a crash too.
"""

import contextlib
import os
import shutil
import signal
import socket
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from supa_deploy.errors import PreflightFailed, SupaDeployError
from supa_deploy.platform import certificate, hosts
from supa_deploy.platform.gateway import Gateway
from supa_deploy.platform.hosts import Addresses
from supa_deploy.platform.keys import Credentials, make_credentials
from supa_deploy.platform.management import ACTIVE, Management
from supa_deploy.platform.protocol import DirectHost, Message, Reply, Spec, Started, Verb
from supa_deploy.platform.rest import PostgRest
from supa_deploy.platform.web import Answer, Request, Server, Watch
from supa_deploy.shadow import private, sql
from supa_deploy.shadow.binaries import Binaries
from supa_deploy.shadow.extensions import prepared
from supa_deploy.shadow.postgres import Postgres
from supa_deploy.shadow.template import copy_template, read_script

# A hosted project refuses direct deletion from storage tables.
_SETUP = """
alter role postgres password {password};
alter role postgres reset storage.allow_delete_query;
create role {pooled} login noinherit password {password} in role postgres;
alter role {pooled} set role to postgres;
alter role {pooled} set search_path to "$user", public, extensions;
"""


class Stage:
    """Everything that stands, from `start` to `close`."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        found = Binaries(Path(spec.postgres), spec.postgres_major, spec.key)
        self._binaries = prepared(found, Path(spec.cache)).binaries
        self._credentials: Credentials = make_credentials(spec.ref, spec.password, spec.secret_key)
        self._watch = Watch()
        self._fresh_after: int | None = None
        self._tls = True
        self._counting = threading.Lock()
        private.sweep()
        self.folder, self._owner_lock = private.make_folder()
        self._addresses, self._reserved = hosts.take_addresses(self._credentials.ref, linked=spec.linked)
        self._silent = _silent_listener(self._addresses)
        places = self._addresses
        self._postgres = Postgres(self._binaries, self.folder, places.listening, places.port)
        self._rest = PostgRest(Path(spec.postgrest), self.folder, places.port, self._credentials.jwt_secret)
        gateway = Gateway(self._credentials, self._rest.socket, self._count_request)
        self._management = Management(
            self._credentials,
            lambda user: sql.Socket(self.folder, places.port, user),
            gateway,
            places.direct_host,
            places.pooler_host,
            f"{spec.postgres_major}.0.0",
        )
        self._gateway = gateway
        self._http = Server((places.direct, 0), self, self._watch)

    def answer(self, request: Request) -> Answer:
        """The Management API under /v1, the project's gateway elsewhere."""
        site = self._management if request.path.startswith("/v1/") else self._gateway
        return site.answer(request)

    def start(self) -> Started:
        """Starts everything and says where it is."""
        self._point_hosts(DirectHost.ANSWERS)
        self._start_database()
        self._http.serve()
        self._write_profile()
        places = self._addresses
        return Started(
            folder=str(self.folder),
            http_port=self._http.server_address[1],
            port=places.port,
            direct=places.direct,
            pooler=places.pooler,
            direct_host=places.direct_host,
            pooler_host=places.pooler_host,
            project_host=places.project_host,
            pid=os.getpid(),
            credentials=asdict(self._credentials),
        )

    def reset(self) -> None:
        """Back to a fresh database and no faults; addresses and credentials stay."""
        self.clear()
        self._watch.log.clear()
        self._rest.stop()
        self._postgres.stop()
        shutil.rmtree(self.folder / "data")
        self._start_database()

    def clear(self) -> None:
        """Everything behaves again; the database's content stays."""
        self._watch.book.clear()
        self._management.status = ACTIVE
        self._fresh_after = None
        self._signal_postgres(signal.SIGCONT)
        if not self._tls:
            self._offer_tls(offered=True)
        self._point_hosts(DirectHost.ANSWERS)

    def obey(self, message: Message) -> Reply:
        """Does what a message says (START, KEEP and STOP are the loop's)."""
        match message.verb:
            case Verb.RESET:
                self.reset()
            case Verb.CLEAR:
                self.clear()
            case Verb.FAULT if message.fault:
                self._watch.book.add(message.fault)
            case Verb.STATUS:
                self._management.status = message.text or ACTIVE
            case Verb.REQUESTS:
                return Reply(requests=tuple(self._watch.log))
            case Verb.STALE:
                self._make_stale(message.number)
            case Verb.DIRECT_HOST:
                self._point_hosts(DirectHost(message.text or ""))
            case Verb.FREEZE:
                self._signal_postgres(signal.SIGSTOP)
            case Verb.NO_TLS:
                self._offer_tls(offered=False)
            case _:
                return Reply(failure=f"not understood: {message.verb}")
        return Reply()

    def close(self) -> None:
        """Ends everything and removes the folder."""
        self._watch.closing.set()
        self._rest.stop()
        self._postgres.stop()
        with contextlib.suppress(OSError):
            self._http.server_close()
        if self._addresses.silent:
            hosts.publish({self._addresses.direct_host: None, self._addresses.pooler_host: None})
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start_database(self) -> None:
        copy_template(self._binaries, Path(self._spec.cache), self.folder)
        certificate.offer(self.folder / "data")
        self._postgres.start()
        script = _SETUP.format(
            password=sql.literal(self._credentials.database_password),
            pooled=sql.identifier(f"postgres.{self._credentials.ref}"),
        )
        self._postgres.run(script + (read_script("legacy_grants.sql") if self._spec.legacy_grants else ""))
        self._rest.start()

    def _write_profile(self) -> None:
        api = f"http://{self._addresses.direct}:{self._http.server_address[1]}"
        host = self._addresses.project_host
        lines = ("name: throwaway", f"api_url: {api}", f"dashboard_url: {api}", f"project_host: {host}")
        (self.folder / "profile.yaml").write_text("\n".join((*lines, f"pooler_host: {host}", "")), "utf-8")

    def _point_hosts(self, to: DirectHost) -> None:
        places = self._addresses
        if places.silent is None:
            if to is not DirectHost.ANSWERS:
                raise PreflightFailed("Host names can only be changed inside private namespaces.")
            return
        target = {
            DirectHost.ANSWERS: places.direct,
            DirectHost.REFUSES: places.refusing,
            DirectHost.SILENT: places.silent,
            DirectHost.UNKNOWN: None,
        }[to]
        hosts.publish({places.direct_host: target, places.pooler_host: places.pooler})

    def _make_stale(self, until_request: int | None) -> None:
        """PostgREST no longer hears of changes: for ever, or until so many Data API requests have passed."""
        self._switch_triggers("disable")
        self._fresh_after = until_request

    def _switch_triggers(self, verb: str) -> None:
        names = ("pgrst_ddl_watch", "pgrst_drop_watch")
        self._postgres.run("; ".join(f"alter event trigger {name} {verb}" for name in names))

    def _offer_tls(self, *, offered: bool) -> None:
        self._postgres.run(f"alter system set ssl = {'on' if offered else 'off'}")
        self._postgres.run("select pg_reload_conf()")
        self._tls = offered

    def _count_request(self) -> None:
        with self._counting:
            if self._fresh_after is None:
                return
            self._fresh_after -= 1
            if self._fresh_after > 0:
                return
            self._fresh_after = None
        self._switch_triggers("enable")
        self._postgres.run("notify pgrst, 'reload schema'")

    def _signal_postgres(self, signum: int) -> None:
        if self._postgres.process is not None:
            self._postgres.process.send_signal(signum)


def _silent_listener(places: Addresses) -> socket.socket | None:
    """Accepts (the kernel does) and never answers."""
    if places.silent is None:
        return None
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((places.silent, places.port))
    listener.listen(64)
    return listener


def _stop(_signum: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _say(reply: Reply, to: IO[str]) -> None:
    to.write(reply.line() + "\n")
    to.flush()


def _failed(error: SupaDeployError) -> Reply:
    return Reply(failure=error.message, hint=error.hint, code=error.code)


def main() -> None:
    """Obeys one line after another until told to stop, stdin ends, or a signal comes."""
    signal.signal(signal.SIGTERM, _stop)
    stage: Stage | None = None
    kept = False
    try:
        for line in sys.stdin:
            message = Message.parse(line)
            if message.verb is Verb.STOP:
                break
            try:
                if message.verb is Verb.START and message.spec:
                    stage = Stage(message.spec)
                    reply = Reply(started=stage.start())
                elif message.verb is Verb.KEEP:
                    kept, reply = True, Reply()
                else:
                    reply = stage.obey(message) if stage else Reply(failure="not started")
            except SupaDeployError as error:
                reply = _failed(error)
            except OSError as error:
                reply = Reply(
                    failure=f"{error}", hint="Try again; the platform touched nothing but its own folder."
                )
            _say(reply, sys.stdout)
        if kept:
            signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        if stage is not None:
            stage.close()
    # Threads of hanging connections must not hold up the end.
    os._exit(0)


if __name__ == "__main__":
    main()
