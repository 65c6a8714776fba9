"""Host names: the hosts file is edited in place, and the way is chosen in the promised order."""

import socket
from pathlib import Path

import pytest

from supa_deploy.platform import hosts, namespace
from supa_deploy.platform.hosts import Way
from supa_deploy.shadow import launch


@pytest.fixture
def hosts_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "hosts"
    file.write_text(f"{launch.MARK}\n127.0.0.1 localhost\n", "utf-8")
    monkeypatch.setattr(hosts, "HOSTS", file)
    monkeypatch.setattr(namespace, "HOSTS", file)
    return file


def test_names_are_added_changed_and_taken_out(hosts_file: Path) -> None:
    inode = hosts_file.stat().st_ino
    hosts.publish({"db.a.test": "127.0.9.1", "pooler.a.test": "127.0.9.2"})
    hosts.publish({"db.b.test": "127.0.8.1"})
    hosts.publish({"db.a.test": "127.0.9.4"})
    hosts.publish({"pooler.a.test": None})
    lines = hosts_file.read_text("utf-8").splitlines()
    assert lines == [launch.MARK, "127.0.0.1 localhost", "127.0.8.1 db.b.test", "127.0.9.4 db.a.test"]
    assert hosts_file.stat().st_ino == inode  # a bind mount shows this very file


def test_inside_is_known_by_the_mark(hosts_file: Path) -> None:
    assert namespace.inside()
    assert hosts.choose_reach().way is Way.NAMESPACE
    hosts_file.write_text("127.0.0.1 localhost\n", "utf-8")
    assert not namespace.inside()


def resolves_to(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    def answer(*_: object) -> list[tuple[object, ...]]:
        if address is None:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 5432))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@pytest.fixture
def outside(hosts_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts_file.write_text("127.0.0.1 localhost\n", "utf-8")
    monkeypatch.setattr(hosts, "LINK_PORT", hosts.free_port())


@pytest.mark.usefixtures("outside")
def test_resolving_names_and_a_free_port_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "127.0.0.1")
    reach = hosts.choose_reach()
    assert (reach.way, reach.enter_first) == (Way.NAMES_RESOLVE, False)


@pytest.mark.usefixtures("outside")
def test_namespaces_come_next(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, None)
    monkeypatch.setattr(namespace, "why_not", lambda: None)
    reach = hosts.choose_reach()
    assert (reach.way, reach.enter_first, reach.linked) == (Way.NAMESPACE, True, True)


@pytest.mark.usefixtures("outside")
def test_a_taken_port_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "127.0.0.1")
    monkeypatch.setattr(namespace, "why_not", lambda: "no namespaces here")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", hosts.LINK_PORT))
        taken.listen()
        reach = hosts.choose_reach()
    assert (reach.way, reach.linked) == (Way.URL, False)
    assert "is taken" in reach.why
    assert "no namespaces here" in reach.why


@pytest.mark.usefixtures("outside")
def test_a_name_that_leads_elsewhere_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "192.0.2.1")
    monkeypatch.setattr(namespace, "why_not", lambda: "no namespaces here")
    assert "does not resolve to this machine" in hosts.choose_reach().why
