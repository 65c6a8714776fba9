"""What makes a finding the same one when lines above it move: the fingerprints in a SARIF file.

GitHub's code scanning looks at `primaryLocationLineHash` alone, and its upload action computes that from the file and
warns about any other value: so ours is computed as theirs is. The rule for it: of the file without blanks and with
each line's end as LF, the 100 UTF-16 units from the line's start, padded with zeros behind one unit 65535 at the
file's end, as a polynomial in 37 modulo 2^64 in hexadecimal; a colon; the how-manieth line this is with that value.
"""

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from supa_deploy.model import Finding

_UNITS = 100
_BASE = 37
_END = "\uffff"
_LINE_ENDS = re.compile(r"\r\n?")
_BLANKS = re.compile(r"[ \t]+")


def line_hashes(text: str, lines: Iterable[int]) -> dict[int, str]:
    """GitHub's hash of each of the lines (1-based) that the text has."""
    wanted = set(lines)
    last = max(wanted, default=0)
    plain = _BLANKS.sub("", _LINE_ENDS.sub("\n", text))
    units = _units(plain + _END)
    seen: Counter[int] = Counter()
    hashes: dict[int, str] = {}
    start = 0
    for line, row in enumerate(plain.split("\n")[:last], start=1):
        window = hash(units[start : start + _UNITS].tobytes())  # in place of the window: files can be long
        seen[window] += 1
        if line in wanted:
            hashes[line] = f"{_polynomial(units[start : start + _UNITS]):x}:{seen[window]}"
        start += (len(row) if row.isascii() else len(_units(row))) + 1
    return hashes


def own_fingerprints(findings: Sequence[Finding]) -> list[str]:
    """For each finding a value of rule, file and line, with an ordinal where the same comes again."""
    seen: Counter[str] = Counter()
    values = []
    for finding in findings:
        said = finding.excerpt.strip() if finding.excerpt is not None else finding.message
        known_by = "\0".join((finding.rule, finding.file, said))
        digest = hashlib.sha256(known_by.encode("utf-8", errors="surrogatepass")).hexdigest()[:32]
        seen[digest] += 1
        values.append(f"{digest}:{seen[digest]}")
    return values


def _units(text: str) -> "memoryview[int]":
    order = "le" if sys.byteorder == "little" else "be"
    return memoryview(text.encode(f"utf-16-{order}", errors="surrogatepass")).cast("H")


def _polynomial(window: "memoryview[int]") -> int:
    value = 0
    for unit in window:
        value = (value * _BASE + unit) % 2**64
    return value * pow(_BASE, _UNITS - len(window), 2**64) % 2**64
