"""Organisations told from persons by their legal forms and by words that no person is called by."""

import re

# What is written → what it is. Sources: Civil Code, chapter 4 (forms), all-Russian classifier OKOPF; usual shortenings.
_FORMS = (
    *("ООО", "ОАО", "ЗАО", "ПАО", "НАО", "АО", "ОДО", "ТОО", "ЧП", "ЧУП", "ОсОО", "МЧЖ", "ИЧП", "НПО", "НПП", "ПКФ"),
    *("ГУП", "МУП", "ФГУП", "ФКУ", "ФГБУ", "ФГБОУ", "ФГАОУ", "ГБОУ", "ГАОУ", "МБОУ", "МОУ", "МАОУ", "МКОУ", "СОШ"),
    *("МДОУ", "МБДОУ", "МАДОУ", "ГБУЗ", "ГБУ", "МБУ", "МКУ", "ГКУ", "ГАУ", "МАУ", "АНО", "НКО", "ТСЖ", "ТСН", "СНТ"),
    *("ДНТ", "ЖСК", "ГСК", "КФХ", "СПК", "СХПК", "ООП", "РОО", "ПАО", "ГК", "УК", "ТД", "ЧОУ", "ЧОП", "ЧОО", "НОУ"),
)
_LATIN_FORMS = (
    "LLC",
    "LTD",
    "INC",
    "GMBH",
    "OOO",
    "OAO",
    "ZAO",
    "PAO",
    "AO",
    "PLC",
    "CORP",
    "CO",
    "LLP",
    "SRL",
    "SARL",
)
_LONG_FORMS = {
    "общество с ограниченной ответственностью": "ООО",
    "публичное акционерное общество": "ПАО",
    "непубличное акционерное общество": "НАО",
    "закрытое акционерное общество": "ЗАО",
    "открытое акционерное общество": "ОАО",
    "акционерное общество": "АО",
    "товарищество с ограниченной ответственностью": "ТОО",
    "автономная некоммерческая организация": "АНО",
}
_EDGE_BEFORE, _EDGE_AFTER = r"(?<![\w-])", r"(?![\w-])"
_FORM = re.compile(
    f"{_EDGE_BEFORE}(?:{'|'.join(sorted({*_FORMS, *_LATIN_FORMS}, key=len, reverse=True))}){_EDGE_AFTER}"
)
# Small letters only at the beginning or the end: "ао" inside of a name is somebody's name.
_FORM_AT_EDGE = re.compile(f'^(?:{"|".join(_FORMS[:12])})[ "«.,]|[ "»,](?:{"|".join(_FORMS[:12])})$', re.IGNORECASE)
_LONG_FORM = re.compile("|".join(f"({text})" for text in _LONG_FORMS), re.IGNORECASE)
_SOLE = re.compile(
    f"{_EDGE_BEFORE}(?:ИП|И\\.П\\.|ПБОЮЛ|[Ии]ндивидуальный предприниматель|Глава КФХ|IP){_EDGE_AFTER}\\s*[:,]?"
    "|^ип |, ?ип$"
)
_NOUNS = (
    *("школа", "гимназия", "лицей", "детский сад", "детсад", "больница", "поликлиника", "магазин", "компания"),
    *("фирма", "завод", "фабрика", "салон", "студия", "кафе", "ресторан", "отель", "гостиница", "агентство"),
    *("центр", "клиника", "аптека", "банк", "университет", "институт", "колледж", "техникум", "администрация"),
    *("управление", "министерство", "департамент", "автосервис", "автосалон", "склад", "база", "комбинат"),
    *("холдинг", "группа", "кооператив", "товарищество", "общество", "организация", "предприятие"),
    *("учреждение", "библиотека", "музей", "театр", "церковь", "храм", "фонд", "ассоциация", "союз"),
    *("торговый дом", "стоматология", "ателье", "типография", "company", "group", "shop", "studio", "school"),
)
_WORDS = re.compile(f"{_EDGE_BEFORE}(?:{'|'.join(_NOUNS)}){_EDGE_AFTER}", re.IGNORECASE)
# A text of letters only without any of these first words of forms and nouns is a person's name, as most texts are.
_HINTS = frozenset(
    word.lower()
    for text in (*_FORMS, *_LATIN_FORMS, *_LONG_FORMS, *_NOUNS, "ИП", "ПБОЮЛ", "IP", "индивидуальный", "глава")
    for word in text.split()
)
_LETTERS_ONLY = re.compile(r"[^\W\d_]+(?:[ \-][^\W\d_]+)*")
_QUOTED = re.compile('[«„“"][^»“”"]{2,}[»“”"]')
_NUMBERED = re.compile(r"№\s*\d")


def legal_form(text: str) -> str:
    """Return the legal form (ООО, ИП), "-" for an organisation that names none, "" for what may be a person."""
    if _LETTERS_ONLY.fullmatch(text) and _HINTS.isdisjoint(text.lower().replace("-", " ").split(" ")):
        return ""
    if _SOLE.search(text):
        return "ИП"
    if match := _FORM.search(text):
        return match[0]
    if match := _LONG_FORM.search(text):
        return next(iter(list(_LONG_FORMS.values())[(match.lastindex or 1) - 1 :]))
    if match := _FORM_AT_EDGE.search(text):
        return match[0].strip(' "«»,.').upper()
    if _WORDS.search(text) or _QUOTED.search(text) or _NUMBERED.search(text):
        return "-"
    return ""


def without_sole(text: str) -> str:
    """Return the name of a sole trader without the words that call them one."""
    return " ".join(_SOLE.sub(" ", text).replace("(", " ").replace(")", " ").strip(' ,;:"«»').split())


def without_form(text: str) -> str:
    """Return an organisation's name without legal form and quotes, for comparing."""
    bare = _LONG_FORM.sub(" ", _FORM.sub(" ", _SOLE.sub(" ", text)))
    return " ".join(re.sub("[«»„“”\"'(),]", " ", bare).split()) or text
