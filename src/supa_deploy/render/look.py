"""How text may look on a stream (width, colour, motion), and rich renderables turned into plain strings."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_TRAILING = re.compile(r"(?<! ) ++((?:\x1b\[[0-9;]*m)*+) *+$", re.MULTILINE)  # tables are padded to the width
_WIDE = 200  # no terminal: wide enough that no table of ours folds
_PARAGRAPH = 100


@dataclass(frozen=True, slots=True)
class Look:
    """What a stream can show. `width` in cells; `wrap` is the width paragraphs are broken at (None: never);
    `motion` allows a spinner; `verbosity` is negative for -q, positive for -v."""

    width: int = _WIDE
    wrap: int | None = None
    color: bool = False
    motion: bool = False
    verbosity: int = 0

    @property
    def quiet(self) -> bool:
        """True with -q."""
        return self.verbosity < 0

    @property
    def verbose(self) -> bool:
        """True with -v."""
        return self.verbosity > 0


def look_of(
    stream: TextIO, environ: Mapping[str, str], *, color: bool | None = None, verbosity: int = 0
) -> Look:
    """What `stream` can show, by the process environment given (`NO_COLOR`, `TERM`, `CI`).

    `color` False is --no-color; None decides by the stream. Never any colour where there is no terminal.
    """
    terminal = stream.isatty() and environ.get("TERM") != "dumb"
    if not terminal:
        return Look(verbosity=verbosity)
    width = get_terminal_size().columns
    return Look(
        width=width,
        wrap=min(width, _PARAGRAPH),
        color=color is not False and not environ.get("NO_COLOR"),
        motion=not environ.get("CI"),
        verbosity=verbosity,
    )


def console(look: Look, stream: TextIO) -> "Console":
    """A rich console that shows exactly what `look` allows and reads no environment."""
    from rich.console import Console

    return Console(
        file=stream,
        width=look.width,
        height=25,
        color_system="standard" if look.color else None,
        force_terminal=look.color or look.motion,
        no_color=not look.color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )


def warm_up() -> None:
    """Imports the terminal library ahead of its first use."""
    from importlib import import_module

    for name in ("rich.console", "rich.table", "rich.text", "supa_deploy.render.screen"):
        import_module(name)


def to_text(parts: "Iterable[RenderableType]", look: Look) -> str:
    """The renderables one beneath the other, as text. Lines are never broken, tables fold to the width."""
    from io import StringIO

    from rich.text import Text

    buffer = StringIO()
    out = console(look, buffer)
    for part in parts:
        if isinstance(part, Text) and not look.color:
            buffer.write(f"{part.plain}\n")  # what the console would print, fifty times as fast
        else:
            out.print(part, soft_wrap=isinstance(part, Text))
    return _TRAILING.sub(r"\1", buffer.getvalue())
