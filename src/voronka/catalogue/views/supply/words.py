"""What pages of price lists say."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.catalogue.models import PriceLoad, PriceSource, SourceState
from voronka.catalogue.rules.pricelists import Kind
from voronka.kit import wording


def kind_word(kind: str) -> str:
    """Return what a meaning of a column is called."""
    return {
        Kind.CODE: _("supplier's code"),
        Kind.NAME: _("name of the goods"),
        Kind.MAKER_CODE: _("maker's article"),
        Kind.BARCODE: _("barcode"),
        Kind.PRICE: _("price for us"),
        Kind.RETAIL: _("recommended price"),
        Kind.CURRENCY: _("currency"),
        Kind.QUANTITY: _("quantity in stock"),
        Kind.UNIT: _("unit"),
        Kind.PACK: _("packing"),
        Kind.VAT: _("VAT rate"),
        Kind.CATEGORY: _("category"),
        Kind.BRAND: _("brand"),
    }[Kind(kind)]


def bad_word(code: str) -> str:
    """Say why a row was not taken."""
    return {
        "no_name": _("there is no name"),
        "long_name": _("the name is longer than 500 signs"),
        "no_price": _("there is no price"),
        "negative": _("the price is below nought"),
        "zero": _("the price is nought"),
        "huge": _("no real price is so large"),
        "unclear": _("a comma parts thousands or kopecks: it cannot be told which"),
        "unreadable": _("the price cannot be read"),
        "shifted": _("the values stand in the wrong columns"),
        "twice": _("this code stood in the list before"),
        "fault": _("the row cannot be read whole"),
    }[code]


def question_words(load: PriceLoad) -> str:
    """Say why a person is asked about the columns."""
    question = load.question
    kind = kind_word(question["kind"]) if question.get("kind") else ""
    heading = question.get("heading", "")
    return {
        "new": _("The first list of this supplier: look whether the columns are understood. It is asked once."),
        "gone": _("The column “%(heading)s” (%(kind)s) is not in this list any more. Show where it is now."),
        "twice": _("There are two columns “%(heading)s” now. Show which of them is the %(kind)s."),
        "content": _("In the column of the %(kind)s stands something else than before. Show where it is now."),
        "nothing": _("The columns are called otherwise than before. Look whether they are understood."),
    }[question.get("code", "new")] % {"heading": heading, "kind": kind}


def state_words(load: PriceLoad) -> tuple[str, str]:
    """Return what has become of a loading, and its tone."""
    asked = int(load.counts.get("asked", 0))
    if load.state == "done" and asked:
        text = ngettext("%(count)s line waits for you", "%(count)s lines wait for you", asked)
        return text % {"count": wording.number(asked)}, "heed"
    return {
        "asked": (_("look at the columns"), "heed"),
        "waiting": (_("waits in the queue"), ""),
        "running": (_("being loaded"), ""),
        "done": (_("loaded"), "gain"),
        "failed": (_("could not be loaded"), "late"),
        "undone": (_("taken back as a whole"), ""),
    }[load.state]


def found_words(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Return by what goods were found, with how many lines, without what is nought."""
    told = (
        (_("known by code"), "code"),
        (_("known by name"), "memory"),
        (_("by barcode"), "barcode"),
        (_("by maker's article"), "maker"),
        (_("by likeness of names"), "name"),
        (_("in doubt"), "asked"),
        (_("gone from the list"), "gone"),
        (_("prices of packs divided by pieces"), "packs"),
        (_("prices changed"), "prices"),
        (_("prices held by the guard"), "held"),
    )
    return [(word, counts[name]) for word, name in told if counts.get(name)]


def source_kind_words(kind: str) -> str:
    """Say what a source is looked for in."""
    return {
        PriceSource.Kind.FOLDER: _("Folder on the server"),
        PriceSource.Kind.URL: _("Address"),
        PriceSource.Kind.MAIL: _("Mailbox"),
    }[PriceSource.Kind(kind)]


def source_place(source: PriceSource) -> str:
    """Say where a source looks."""
    if source.kind == PriceSource.Kind.URL:
        return source.url
    return source.pattern if source.kind == PriceSource.Kind.FOLDER else f"{source.login}, {source.sender}"


def source_words(state: SourceState) -> tuple[str, str]:
    """Say what came of the last look, and in which tone."""
    return {
        "new": (_("not looked into yet"), ""),
        "running": (_("is being looked into"), ""),
        "loaded": (_("a list came"), ""),
        "same": (_("nothing has changed"), ""),
        "nothing": (_("no new letters"), ""),
        "failed": (state.error, "late"),
    }[state.state]
