"""What stands in a line: names, strong and small text, signs, links."""

from supa_deploy.render.checks import Mark
from supa_deploy.render.document.blocks import Code, Inline, Line, Link, Sign, Small, Strong
from supa_deploy.render.document.pieces import SAYS
from supa_deploy.render.html.elements import Child, element, isolated

_CLASSES = {
    Mark.YES: "yes",
    Mark.NO: "no",
    Mark.WARN: "warn",
    Mark.UNSEEN: "unseen",
    Mark.MORE: "more",
    Mark.WAIT: "wait",
}


def line(pieces: Line) -> tuple[Child, ...]:
    """The pieces of a line, in their order. A text that begins with a mark, as a last line does, has it as a sign."""
    return tuple(inline(piece) for piece in signed(pieces))


def signed(pieces: Line) -> Line:
    """The line with its mark as a sign, when it is written as text."""
    first = pieces[0] if pieces else None
    if isinstance(first, str):
        for mark in Mark:
            if first.startswith(f"{mark} "):
                return (Sign(mark, SAYS[mark]), first.removeprefix(mark), *pieces[1:])
    return pieces


def inline(piece: Inline) -> Child:
    """One piece. A link leads to https or nowhere: any other address stays text."""
    match piece:
        case str():
            return isolated(piece)
        case Code(text):
            # `dir=auto` isolates a name from what is around it, whatever way it runs.
            return element("code", {"dir": "auto"}, text)
        case Strong(text):
            return element("strong", None, isolated(text))
        case Small(text):
            return element("small", None, isolated(text))
        case Sign(mark, says):
            known = {
                "class": f"sign sign-{_CLASSES[mark]}",
                "role": "img",
                "aria-label": says or mark.name.lower(),
            }
            return element("span", known, mark.value)
        case Link(text, url):
            return _link(text, url)


def words(pieces: Line) -> str:
    """A line as bare text, for a label: without its signs."""
    return " ".join("".join("" if isinstance(p, Sign) else _text(p) for p in pieces).split())


def _text(piece: str | Code | Strong | Small | Link) -> str:
    return piece if isinstance(piece, str) else piece.text


def _link(text: str, url: str) -> Child:
    if not url.startswith("https://"):
        return isolated(text)
    return element("a", {"href": url, "rel": "noopener noreferrer"}, isolated(text or url))
