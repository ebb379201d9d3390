"""Every text that people read is in Russian, with its three plural forms and its own placeholders."""

import gettext
import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from .extraction import SOURCE, Text, parts, texts

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
FORMS = 3


def catalog_of(part: str) -> Catalog:
    path = SOURCE / part / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return Catalog(locale="ru")
    with path.open("rb") as file:
        return read_po(file, locale="ru", abort_invalid=True)


def fault(text: Text, catalog: Catalog) -> str | None:
    """Return what is wrong with the translation of `text`, or nothing."""
    entry = catalog.get(text.forms[0], text.context)
    if entry is None or not entry.string or entry.fuzzy:
        return "no Russian"
    if len(text.forms) == 1:
        turned = (entry.string,) if isinstance(entry.string, str) else entry.string[:1]
    elif isinstance(entry.string, str) or entry.id != text.forms:
        return "no plural forms"
    else:
        turned = entry.string
        if len(turned) != FORMS:
            return f"{len(turned)} plural forms"
    if not all(turned):
        return "no Russian"
    wanted = {frozenset(PLACEHOLDER.findall(form)) for form in text.forms}
    # A plural form may leave out what either English form leaves out, and may name nothing else.
    if any(frozenset(PLACEHOLDER.findall(form)) not in wanted for form in turned):
        return "other placeholders"
    return None


@pytest.mark.parametrize("part", parts())
def test_every_text_is_in_russian(part: str) -> None:
    catalog = catalog_of(part)
    faults = [f"{text.place} {why}: {text.forms}" for text in texts(part) if (why := fault(text, catalog))]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize("part", [part for part in parts() if (SOURCE / part / "locale").exists()])
def test_a_catalogue_counts_as_russian_does(part: str) -> None:
    catalog = catalog_of(part)
    assert catalog.num_plurals == FORMS
    for number in (1, 2, 5, 11, 12, 14, 21, 22, 25, 101, 111, 112):
        last, two = number % 10, number % 100
        few = 2 <= last <= 4 and not 12 <= two <= 14
        expected = 0 if last == 1 and two != 11 else 1 if few else 2
        assert gettext.c2py(catalog.plural_expr)(number) == expected


PROBE = Text("deals", "probe", None, ("%(n)s day", "%(n)s days"))


@pytest.mark.parametrize(
    ("string", "why"),
    [
        (("%(n)s день", "%(n)s дня", "%(n)s дней"), None),
        (("%(n)s день", "%(n)s дня"), "2 plural forms"),
        (("%(n)s день", "", "%(n)s дней"), "no Russian"),
        (("%(n)s день", "%(m)s дня", "%(n)s дней"), "other placeholders"),
    ],
)
def test_the_check_sees_a_fault(string: tuple[str, ...], why: str | None) -> None:
    catalog = Catalog(locale="ru")
    catalog.add(PROBE.forms, string)
    assert fault(PROBE, catalog) == why
    assert fault(Text("deals", "probe", None, ("Not there",)), catalog) == "no Russian"


def two_meanings(catalogs: dict[str, Catalog]) -> list[str]:
    """Return the texts without a context that two catalogues say in different words: only one of them is ever shown."""
    meant: dict[object, dict[str, list[str]]] = {}
    for part, catalog in catalogs.items():
        for entry in catalog:
            if entry.id and not entry.context:
                meant.setdefault(entry.id, {}).setdefault(str(entry.string), []).append(part)
    return [f"{text!r}: {said}" for text, said in meant.items() if len(said) > 1]


def test_no_text_means_two_things() -> None:
    faults = two_meanings({part: catalog_of(part) for part in parts()})
    assert not faults, "give them a context (pgettext):\n" + "\n".join(faults)


def test_the_check_sees_two_meanings() -> None:
    one, other = Catalog(locale="ru"), Catalog(locale="ru")
    one.add("open", "открыть")
    other.add("open", "открытые")
    other.add("open", "открытое", context="of a shop")
    assert len(two_meanings({"one": one, "other": other})) == 1
    assert two_meanings({"one": one, "other": one}) == []
