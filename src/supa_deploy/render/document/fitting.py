"""A Markdown document cut to a size, the largest sections first, so that nothing it opened stays open."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CUT = "<sub>… cut here to fit: `--report FILE` writes all of it.</sub>"
_ENDING = f"\n{CUT}\n\n"
_FENCE = re.compile(r"(`{3,})([a-z]*)")
_HEADING = re.compile(r"##? ")
_WHOLE = "mermaid"  # half a diagram is none
_LEAST = 400  # bytes; less of a section than this says nothing


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with its end, its bytes, and what stands open behind it: `fence` and how many folded parts. `whole`: no
    cut may be made behind it."""

    text: str
    size: int
    fence: str = ""
    folded: int = 0
    whole: bool = False

    @property
    def closing(self) -> str:
        """What has to be written to cut here."""
        fence = f"{self.fence}\n" if self.fence else ""
        return fence + "\n</details>\n" * self.folded

    @property
    def is_border(self) -> bool:
        """True between two blocks."""
        return self.text == "\n" and not self.fence and not self.folded


def fitted(text: str, limit: int) -> str:
    """The document (as `markdown` writes it) in at most `limit` bytes.

    Small sections stay whole, large ones share the rest and end with a word that they were cut: between two blocks
    where that costs little, else between two lines, and then the code block or folded part is closed. Where there is
    room for a few sections only, it is the first ones. Empty where there is room for nothing.
    """
    if _size(text) <= limit:
        return text
    sections = _sections(text)
    number = len(sections)
    while len(sections) > 1 and _share(sections, limit) < _LEAST:
        sections.pop()
    left_out = len(sections) < number
    share = _share(sections, limit - _size(_ENDING) if left_out else limit)
    kept = "".join(_cut(section, share) for section in sections)
    return kept + _ENDING if left_out and kept and not kept.endswith(_ENDING) else kept


def _sections(text: str) -> list[list[_Line]]:
    sections: list[list[_Line]] = [[]]
    fence = ""
    for line in _lines(text):
        if not fence and _HEADING.match(line.text) and sections[-1]:
            sections.append([])
        sections[-1].append(line)
        fence = line.fence
    return sections


def _lines(text: str) -> Iterator[_Line]:
    fence, folded, whole = "", 0, False
    for row in text.splitlines(keepends=True):
        line = row.rstrip("\n")
        opens = _FENCE.fullmatch(line)
        if fence:
            fence = "" if line == fence else fence
            whole = whole and bool(fence)
        elif opens:
            fence, whole = opens[1], opens[2] == _WHOLE
        elif line.startswith("<details>"):
            folded += 1
        elif line == "</details>":
            folded -= 1
        yield _Line(row, _size(row), fence, folded, whole)


def _share(sections: Iterable[list[_Line]], limit: int) -> int:
    """The bytes that each section may have, when what the small ones leave is shared among the large."""
    sizes = sorted(sum(line.size for line in section) for section in sections)
    for number, size in enumerate(sizes):
        share = limit // (len(sizes) - number)
        if size > share:
            return share
        limit -= size
    return max(_LEAST, *sizes)


def _cut(section: list[_Line], room: int) -> str:
    if sum(line.size for line in section) <= room:
        return "".join(line.text for line in section)
    used, last, border, used_at_border = 0, 0, 0, 0
    ending = _size(_ENDING)
    for number, line in enumerate(section, start=1):
        used += line.size
        if used + ending > room:
            break
        if not line.whole and used + _size(line.closing) + ending <= room:
            last = number
            if line.is_border:
                border, used_at_border = number, used
    if used_at_border * 2 >= room:
        last = border
    if not last:
        return ""
    kept = section[:last]
    return "".join(line.text for line in kept) + f"{kept[-1].closing}{_ENDING}"


def _size(text: str) -> int:
    return len(text.encode("utf-8", errors="replace"))
