"""A file's text with the parser's two kinds of position: 0-based bytes and 1-based lines and columns."""

from bisect import bisect_right

from supa_deploy.migrations import lexer


class Source:
    """UTF-8 text and where its lines begin. Columns are 1-based characters."""

    __slots__ = ("_is_ascii", "_line_starts", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._is_ascii = data.isascii()
        starts = [0]
        found = data.find(b"\n")
        while found >= 0:
            starts.append(found + 1)
            found = data.find(b"\n", found + 1)
        self._line_starts = starts

    def line(self, byte: int) -> int:
        """The 1-based line of a byte."""
        return bisect_right(self._line_starts, max(byte, 0))

    def place(self, byte: int) -> tuple[int, int]:
        """The 1-based line and column of a byte."""
        line = self.line(byte)
        start = self._line_starts[line - 1]
        if self._is_ascii:  # a dump may be one line, and each of its statements asks
            return line, min(max(byte, 0), len(self.data)) - start + 1
        return line, len(self.data[start:byte].decode(errors="replace")) + 1

    def byte(self, line: int, column: int) -> int:
        """The byte of a 0-based line and a 0-based column in bytes; the text's last byte when it is beyond."""
        start = self._line_starts[min(line, len(self._line_starts) - 1)]
        return min(start + column, max(len(self.data) - 1, 0))

    def place_of_character(self, character: int) -> tuple[int, int]:
        """The 1-based line and column of a 1-based character (how the parser reports errors)."""
        before = self.data.decode(errors="replace")[: max(character - 1, 0)]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1

    def line_text(self, line: int) -> str:
        """A whole line without its end."""
        start = self._line_starts[min(line, len(self._line_starts)) - 1]
        end = self.data.find(b"\n", start)
        return self.data[start : end if end >= 0 else len(self.data)].decode(errors="replace").rstrip("\r")

    def text(self, start: int, end: int) -> str:
        """The text of a range of bytes."""
        return self.data[start:end].decode(errors="replace")

    def bracketed(self, start: int, end: int) -> str | None:
        """What stands in the first round brackets at or after `start`; None when there are none."""
        found = lexer.in_brackets(self.data, start, end)
        return self.text(*found).strip() if found else None

    def expression(self, start: int, end: int) -> str:
        """The expression that begins at `start`, up to the comma or bracket that ends it."""
        first = lexer.skip_blank(self.data, start, end)
        return self.text(first, lexer.expression_end(self.data, first, end))
