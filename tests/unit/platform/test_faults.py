"""Faults are counted down, and only for the requests they name."""

from supa_deploy.platform.faults import Action, Book, Fault


def test_passes_what_no_fault_names() -> None:
    book = Book()
    book.add(Fault("/rest/v1/a$", status=500))
    assert book.take("GET", "/rest/v1/b") is None
    assert book.take("GET", "/rest/v1/ab") is None


def test_after_and_times_are_counted() -> None:
    book = Book()
    book.add(Fault("/x", after=1, times=2))
    assert [book.take("GET", "/x") is not None for _ in range(5)] == [False, True, True, False, False]


def test_method_narrows_it() -> None:
    book = Book()
    book.add(Fault("/x", Action.HANG, method="POST"))
    assert book.take("GET", "/x") is None
    found = book.take("POST", "/x")
    assert found is not None
    assert found.action is Action.HANG


def test_a_spent_fault_lets_the_next_one_act() -> None:
    book = Book()
    book.add(Fault("/x", status=503, times=1))
    book.add(Fault("/x", status=404))
    statuses = [fault.status for _ in range(3) if (fault := book.take("GET", "/x"))]
    assert statuses == [503, 404, 404]
    book.clear()
    assert book.take("GET", "/x") is None
