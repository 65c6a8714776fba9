"""Our entity diagrams, drawn by Mermaid itself in a browser: the newest one, and the oldest they are written for."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from supa_deploy.model import Counts, Feature, FileAccount, Impact
from supa_deploy.render.document.mermaid import MOST_CHARACTERS, er_diagram
from supa_deploy.render.text import safe
from supa_deploy.schema import Column, Constraint, ConstraintKind, ForeignKey, Origin, QName, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PACKAGES = Path(__file__).with_name("node_modules")
_HERE = Origin("1", "1_a.sql", 1)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_TYPES = (
    "numeric(5,2)",
    "character varying(255)[]",
    "timestamp(3) with time zone",
    '"Weird Type"',
    "a.b[]",
    "pk",
)
_PAGE = """<!doctype html><meta charset="utf-8"><body><script src="{script}"></script><script>
(async () => {{
  mermaid.initialize({{startOnLoad: false, securityLevel: "strict"}});
  const seen = [];
  for (const [number, text] of {texts}.entries()) {{
    try {{
      const drawn = await mermaid.render("d" + number, text);
      const box = document.createElement("div");
      box.innerHTML = drawn.svg;
      const parts = [...box.querySelectorAll("text, foreignObject")].map((part) => part.textContent);
      const active = box.querySelectorAll("script, img, iframe, a, form, [onerror], [onclick]").length;
      seen.push({{parts, active, lines: box.querySelectorAll("[marker-end]").length}});
    }} catch (error) {{ seen.push({{error: String(error)}}); }}
  }}
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify(seen);
  document.body.replaceChildren(out);
}})();
</script>"""

Drawn = list[dict[str, Any]]


@pytest.fixture(params=["mermaid", "mermaid-10"])
def draw(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Sequence[str]], Drawn]:
    """Draws each text in one page: what stands in the picture, or the error."""
    script = _PACKAGES / request.param / "dist/mermaid.min.js"
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        pytest.skip("no Chromium on this machine, which draws the diagrams")
    if not script.exists():
        pytest.skip("the npm packages of tests/readers are not installed: make readers")

    def drawing(texts: Sequence[str]) -> Drawn:
        page = tmp_path / "page.html"
        listed = json.dumps(list(texts)).replace("<", "\\u003c")
        page.write_text(_PAGE.format(script=script.as_uri(), texts=listed), encoding="utf-8")
        flags = ["--headless", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        flags += ["--no-sandbox"] if os.geteuid() == 0 else []
        argv = [browser, *flags, f"--user-data-dir={tmp_path / 'browser'}", "--virtual-time-budget=120000"]
        told = subprocess.run(
            [*argv, "--dump-dom", page.as_uri()], capture_output=True, text=True, check=True, timeout=240
        ).stdout
        found = re.search(r'<pre id="seen">(.*?)</pre>', told, re.DOTALL)
        assert found, told[-2000:]
        seen: Drawn = json.loads(html.unescape(found[1]))
        assert len(seen) == len(texts)
        return seen

    return drawing


def _feature(*tables: Table) -> Feature:
    account = FileAccount("1", "a", "1_a.sql", "a", tables=tables)
    return Feature((account,), Impact(Counts(), Counts()), tables)


def _named(name: str) -> Feature:
    """Two tables of that name, with columns and a key of that name, and a column of that type."""
    key = Constraint("pk", ConstraintKind.PRIMARY_KEY, _HERE, (name,))
    columns = {name: Column(name, "uuid", _HERE, nullable=False), "lr": Column("lr", name, _HERE)}
    one = Table(QName("public", name), _HERE, columns=columns, constraints={"pk": key})
    reference = ForeignKey("fk", (name,), one.name, (name,), _HERE)
    two = Table(
        QName(name, "other"),
        _HERE,
        columns={name: Column(name, None, _HERE)},
        foreign_keys={"fk": reference, "self": ForeignKey("self", (name,), QName(name, "other"), (), _HERE)},
    )
    return _feature(one, two)


def test_hostile_names_are_drawn_as_they_are(
    draw: Callable[[Sequence[str]], Drawn], hostile_names: Sequence[str]
) -> None:
    names = [*hostile_names, "direction", "direction LR", "Direction   tb x", "lr", *_TYPES]
    seen = draw([er_diagram(_named(name)).text for name in names])
    for name, picture in zip(names, seen, strict=True):
        assert "error" not in picture, (name, picture)
        assert picture["active"] == 0, (name, picture)
        assert picture["lines"] >= 2, (name, picture)
        told = _flat(" ".join(picture["parts"]))
        wanted = safe(name).replace("ﬂ°", "ﬂ °").replace("¶ß", "¶ ß")
        assert _flat(wanted) in told, (name, picture)


def test_the_largest_diagram_is_drawn(draw: Callable[[Sequence[str]], Drawn]) -> None:
    tables = [_wide(number) for number in range(80)]
    drawing = er_diagram(_feature(*tables))
    assert len(drawing.text) <= MOST_CHARACTERS
    (picture,) = draw([drawing.text])
    assert "error" not in picture, picture
    assert not any("Maximum text size" in part for part in picture["parts"])
    assert picture["lines"] == drawing.text.count(" : ")


def _wide(number: int) -> Table:
    columns = {f"c{n}": Column(f"c{n}", "uuid", _HERE) for n in range(40)}
    keys = {
        f"fk{n}": ForeignKey(f"fk{n}", (f"c{n}",), QName("public", f"table_{max(0, number - n)}"), (), _HERE)
        for n in range(7)
    }
    return Table(QName("public", f"table_{number}"), _HERE, columns=columns, foreign_keys=keys)


def _flat(text: str) -> str:
    return " ".join(text.split())
