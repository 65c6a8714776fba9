"""Text on streams that cannot take everything."""

import io
import subprocess
import sys
from pathlib import Path

from supa_deploy.render.streams import write


def test_what_the_encoding_lacks_is_replaced() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write(stream, "✅ Table: caf\u00e9\n")
    assert raw.getvalue() == b"? Table: caf?\n"


def test_a_reader_that_has_gone_is_no_error() -> None:
    source = Path(__file__).resolve().parents[3] / "src"
    code = (
        "import sys; from supa_deploy.render.streams import write\n"
        "for _ in range(100): write(sys.stdout, 'x' * 10000)\n"
        "sys.exit(7)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": str(source)},
    )
    assert child.stdout
    assert child.stderr
    child.stdout.close()
    complaint = child.stderr.read()
    child.stderr.close()
    assert (child.wait(timeout=60), complaint) == (7, b"")
