"""What the platform's two halves say to each other survives the line between them."""

from supa_deploy.platform.faults import Action, Fault
from supa_deploy.platform.protocol import Message, Reply, Spec, Started, Verb
from supa_deploy.platform.web import Logged


def test_messages() -> None:
    spec = Spec("/p", 17, "/r", "key", "/cache", linked=True, password="'\"$%@/:# é\\")
    fault = Fault("/x", Action.CLOSE, headers=(("Retry-After", "7"),), times=0)
    for message in (
        Message(Verb.START, spec=spec),
        Message(Verb.FAULT, fault=fault),
        Message(Verb.STATUS, text="INACTIVE"),
        Message(Verb.STALE, number=3),
    ):
        line = message.line()
        assert "\n" not in line
        assert Message.parse(line) == message


def test_replies() -> None:
    started = Started("/f", 1, 2, "a", "b", "c", "d", "e", 3, {"ref": "r"})
    for reply in (
        Reply(started=started),
        Reply(requests=(Logged("GET", "/", "", 200, "x"),)),
        Reply(failure="no", hint="do", code="c"),
    ):
        assert Reply.parse(reply.line()) == reply


def test_a_started_platform_does_not_show_its_credentials() -> None:
    started = Started("/f", 1, 2, "a", "b", "c", "d", "e", 3, {"secret_key": "sb_secret_x"})
    assert "sb_secret_x" not in repr(started)
