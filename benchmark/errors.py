"""Exit codes and the one error type that a user sees.

Every failure that a user can cause ends as one line on stderr and an exit code (DESIGN section 7):
0 fine, 1 worse, 2 usage or invalid input, 3 cannot be judged, 4 a defect of ours or a failed job.
"""

from __future__ import annotations

EXIT_WORSE = 1
EXIT_INVALID = 2
EXIT_NOT_COMPARABLE = 3
EXIT_FAILED = 4


class SommetError(Exception):
    """A failure with a message for the user and an exit code of its own."""

    exit_code = EXIT_FAILED


class InvalidInput(SommetError):
    """Input that cannot be used; the message names file, line, document, what was found and what was expected.

    Args:
        found: what is wrong, in a few words.
        expected: what would have been right; may be empty when ``found`` says it all.
        file: path or ``-`` for standard input; empty when the data has no file.
        line: 1-based line in that file, 0 when it has none.
        document: ``doc_id``, empty when the fault lies outside a document.
    """

    exit_code = EXIT_INVALID

    def __init__(self, found: str, expected: str = "", *, file: str = "", line: int = 0, document: str = "") -> None:
        self.found, self.expected = found, expected
        self.file, self.line, self.document = file, line, document
        super().__init__(str(self))

    def __str__(self) -> str:
        where = []
        if self.file:
            where.append(f"{self.file}:{self.line}" if self.line else self.file)
        if self.document:
            where.append(f"document {shorten(self.document)}")
        place = ", ".join(where)
        message = f"{place}: {self.found}" if place else self.found
        return one_line(f"{message}; expected {self.expected}" if self.expected else message)


class NotComparable(SommetError):
    """Two results that cannot be judged against each other."""

    exit_code = EXIT_NOT_COMPARABLE


class MissingExtra(SommetError):
    """An optional dependency that is not installed."""

    exit_code = EXIT_INVALID

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed; install it with: pip install 'sommet[{extra}]'")


def shorten(value: object, limit: int = 80) -> str:
    """Text of ``value`` in at most ``limit`` characters: what comes from a file may be of any length."""
    text = str(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def one_line(text: str) -> str:
    """``text`` with every control and line-breaking character escaped, so that it cannot forge a second line."""
    return "".join(c if c.isprintable() or c == "\u00a0" else c.encode("unicode_escape").decode("ascii") for c in text)
