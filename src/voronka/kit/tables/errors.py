"""Why a file could not be read, as a code, and the same for people."""

from enum import StrEnum


class Reason(StrEnum):
    """What is wrong with a file as a whole."""

    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    TRUNCATED = "truncated"
    NOT_A_TABLE = "not_a_table"
    TOO_BIG = "too_big"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_WIDE = "too_wide"
    LONG_LINE = "long_line"
    BOMB = "bomb"
    MARKUP = "markup"
    ENCODING = "encoding"
    QUOTES = "quotes"
    NO_SHEET = "no_sheet"
    TIME = "time"
    MEMORY = "memory"


class Fault(StrEnum):
    """What is wrong with one row; the other rows are read on."""

    LONG_CELL = "long_cell"
    TOO_WIDE = "too_wide"
    QUOTES = "quotes"
    ENCODING = "encoding"


class TableError(Exception):
    """The file cannot be read (further).

    `row` counts from 1 as a spreadsheet does, a line for `quotes`; 0 is the whole file.
    """

    def __init__(self, code: Reason, row: int = 0, detail: str = "") -> None:
        super().__init__(f"{code} row={row} {detail}".strip())
        self.code = code
        self.row = row
        self.detail = detail


def explain(error: TableError) -> str:
    """Say in the reader's language what is wrong and what to do."""
    # Here, not above: the child process reads files without Django, which would double its memory and start.
    from django.utils.translation import gettext as _

    texts = {
        Reason.EMPTY: _("The file is empty: there is no row with a value in it."),
        Reason.ENCRYPTED: _("The file is protected by a password. Save it without the password and load it again."),
        Reason.TRUNCATED: _("The file is damaged or was cut short on its way. Save it again and load it anew."),
        Reason.NOT_A_TABLE: _("This is not a table we can read. Save it as XLSX, XLS, ODS or CSV."),
        Reason.TOO_BIG: _("The file is too big. Split it into parts of up to %(detail)s MB."),
        Reason.TOO_MANY_ROWS: _("The file has more than %(detail)s rows. Split it into parts."),
        Reason.TOO_WIDE: _("Row %(row)s has more columns than the %(detail)s that can be read."),
        Reason.LONG_LINE: _("Row %(row)s has more than %(detail)s signs, as no real one has. Is a line end missing?"),
        Reason.BOMB: _("The file unfolds to a size no real table has, so it was not read."),
        Reason.MARKUP: _(
            "The XML is broken in line %(row)s: a tag is not closed, or a sign stands where it may not."
        ),
        Reason.ENCODING: _("The letters of the file cannot be made out. Save it as CSV UTF-8 or XLSX."),
        Reason.QUOTES: _(
            "From line %(row)s on the quotation marks do not pair up. Mend them or save the file as XLSX."
        ),
        Reason.NO_SHEET: _("The file has no sheet named “%(detail)s”."),
        Reason.TIME: _("The file took too long to read. Split it or save it as CSV."),
        Reason.MEMORY: _("The file needs too much memory to read. Split it or save it as CSV."),
    }
    return texts[error.code] % {"row": error.row, "detail": error.detail}


def explain_fault(fault: Fault) -> str:
    """Say in the reader's language why a row was not taken; goes into the last column of the rejected rows."""
    from django.utils.translation import gettext as _

    texts = {
        Fault.LONG_CELL: _("A cell is too long; it is cut here."),
        Fault.TOO_WIDE: _("The row has more columns than can be read; the rest is cut here."),
        Fault.QUOTES: _("A quotation mark is opened and never closed."),
        Fault.ENCODING: _("Some letters cannot be made out."),
    }
    return texts[fault]
