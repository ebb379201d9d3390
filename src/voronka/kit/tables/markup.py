"""Streaming of XML: no entities and nothing fetched; namespaces set aside; nothing is kept."""

from collections.abc import Callable
from typing import Protocol
from xml.parsers import expat

from .errors import Reason, TableError

PIECE = 64 * 1024

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class Readable(Protocol):
    """What gives bytes."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""


class LocalNames(dict[str, str]):
    """Names without their prefix, remembered."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition(":")[2]
        return local


def stream(
    source: Readable,
    start: Start,
    end: End,
    text: Text,
    *,
    after_piece: Callable[[], bool],
    may_name_type: bool = False,
) -> None:
    """Feed the handlers with the XML; `after_piece` is called between pieces and ends the reading by returning True.

    `may_name_type` lets a document type through that only names a file, as old YML has it; the file is never asked for.
    Raises TableError: BOMB for a document type (entities live there), TRUNCATED for what is no XML, MARKUP with the
    line for an XML of its own (`may_name_type`).
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = PIECE
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_own_type if may_name_type else _refuse
    parser.EntityDeclHandler = _refuse
    try:
        while piece := source.read(PIECE):
            parser.Parse(piece, False)
            if after_piece():
                return
        parser.Parse(b"", True)
        after_piece()
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
            raise MemoryError from error
        if may_name_type:
            raise TableError(Reason.MARKUP, error.lineno) from error
        raise TableError(Reason.TRUNCATED) from error
    except (LookupError, ValueError) as error:  # an encoding that expat does not know
        raise TableError(Reason.ENCODING) from error


def _refuse_own_type(_name: str, _system: str | None, _public: str | None, has_own_part: int) -> None:
    if has_own_part:
        raise TableError(Reason.BOMB)


def _refuse(*_: object) -> None:
    raise TableError(Reason.BOMB)
