"""Tables. How wide their columns need to be is guessed from their texts: there is no script to measure it."""

from collections.abc import Sequence

from supa_deploy.render.document.blocks import Grid, Line
from supa_deploy.render.html.elements import Element, element
from supa_deploy.render.html.inlines import line, words

_FITS = 2  # a table of so many columns wraps and never scrolls
_FITS_LETTERS = 26  # nor does one whose columns are no wider together, on a narrow screen
_MANY = 6
_MANY_LETTERS = 90
_BRIEF = 16  # letters that are not worth a second line
_PAPER = 92  # letters beside one another on paper, where nothing scrolls
_LEAST = 6


def table(grid: Grid, name: str, *, told: bool) -> Element:
    """A table in a box that scrolls sideways when it must. `name` becomes the caption's id; `told`: the heading says
    already what the caption says, which then only names the table for a screen reader."""
    texts = [[words(cell) for cell in row] for row in grid.rows]
    columns = [[row[at] for row in texts if at < len(row)] for at in range(max(map(len, texts), default=0))]
    longest = [max(map(len, column)) for column in columns]
    looks = _looks(grid.head, columns, longest)
    head = element("tr", None, *(element("th", {"scope": "col"}, title) for title in grid.head))
    many = len(grid.head) >= _MANY or sum(longest) > _MANY_LETTERS
    made = element(
        "table",
        {"class": "many" if many else None},
        element("caption", {"id": name, "class": "unseen-word" if told else None}, grid.caption),
        element("thead", None, head),
        element("tbody", None, *(_row(row, looks) for row in grid.rows)),
    )
    if len(grid.head) <= _FITS:
        return element("div", {"class": "grid narrow pair"}, made)
    if sum(longest) <= _FITS_LETTERS:
        return element("div", {"class": "grid narrow"}, made)
    return element("div", scrolling("grid", labelled_by=name), made)


def scrolling(
    kind: str, *, labelled_by: str | None = None, label: str | None = None
) -> dict[str, str | None]:
    """What makes an element that scrolls sideways reachable with the keyboard, under a name."""
    known = {"aria-labelledby": labelled_by, "aria-label": label}
    return {"class": f"{kind} scroll", "role": "group", "tabindex": "0", **known}


def _looks(head: Sequence[str], columns: list[list[str]], longest: list[int]) -> list[str | None]:
    """Each column's class: `brief` texts keep to one line, `whole` words are not broken on paper either, as long as
    there is room; the first column, which names the rows, comes first."""
    long = [
        max((len(word) for text in (*column, title) for word in text.split()), default=0)
        for column, title in zip(columns, head, strict=False)
    ]
    room = _PAPER - _LEAST * len(long)
    whole = set()
    for at in sorted(range(len(long)), key=lambda at: (at > 0, long[at])):
        if long[at] - _LEAST <= room:
            room -= max(long[at] - _LEAST, 0)
            whole.add(at)
    return [
        " ".join(filter(None, ("brief" if most <= _BRIEF else "", "whole" if at in whole else ""))) or None
        for at, most in enumerate(longest)
    ]


def _row(cells: tuple[Line, ...], looks: list[str | None]) -> Element:
    first = [element("th", {"scope": "row", "class": looks[0]}, *line(cells[0]))] if cells else []
    rest = (
        element("td", {"class": look}, *line(cell)) for cell, look in zip(cells[1:], looks[1:], strict=False)
    )
    return element("tr", None, *first, *rest)
