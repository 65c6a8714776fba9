"""Report files: which kind an ending asks for, which are refused, and that one is written whole or not at all."""

from pathlib import Path

import pytest

from supa_deploy.cli.execute import _tells_way_back
from supa_deploy.cli.files import Kind, kind_of, put, refuse_useless
from supa_deploy.errors import UsageError


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.md", Kind.MARKDOWN),
        ("a.b.markdown", Kind.MARKDOWN),
        ("A.HTML", Kind.HTML),
        ("a.htm", Kind.HTML),
        ("a.json", Kind.JSON),
        ("a.xml", Kind.JUNIT),
        ("a.sarif", Kind.SARIF),
        ("a.txt", None),
        (".md", None),
        ("md", None),
    ],
)
def test_the_ending_is_the_kind(name: str, kind: Kind | None) -> None:
    assert kind_of(Path(name)) is kind


def test_every_kind_has_an_ending_that_the_refusal_names(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        refuse_useless([tmp_path / "a.md", tmp_path / "a.pdf"])
    assert refused.value.code == "unknown_report"
    endings = (refused.value.hint or "").removeprefix("The name must end in ").split(" (")[0].split(", ")
    assert {kind_of(Path(f"a{ending}")) for ending in endings} == set(Kind)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    refuse_useless([tmp_path / "a.md"])
    with pytest.raises(UsageError) as refused:
        refuse_useless([tmp_path / "no" / "a.md"])
    assert refused.value.code == "no_report_folder"


@pytest.mark.parametrize(
    ("files", "document", "tells"),
    [
        ([], None, False),
        (["a.sarif", "a.xml"], None, False),
        (["a.sarif", "a.html"], None, True),
        (["a.json"], None, True),
        ([], Kind.MARKDOWN, True),
        ([], Kind.JUNIT, False),
        (["a.xml"], Kind.JSON, True),
    ],
)
def test_the_way_back_is_computed_for_documents_with_a_place_for_it(
    files: list[str], document: Kind | None, tells: bool
) -> None:
    assert _tells_way_back([Path(name) for name in files], document) is tells


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    assert put(file, "one") is None
    assert put(file, "two") is None
    assert file.read_text("utf-8") == "two"
    assert put(tmp_path / "no" / "a.md", "x") is not None
    (tmp_path / "taken.md").mkdir()
    assert put(tmp_path / "taken.md", "x") is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "taken.md"]
