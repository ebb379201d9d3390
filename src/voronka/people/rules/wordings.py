"""What a single word of a name may be: first name, patronymic, surname, initial, particle; and of which gender."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from voronka.people.rules.letters import fold
from voronka.people.rules.registers import common_first_names, first_names

_SHORT_STEMS = "иль|лук|фом|кузьм|козьм|никит|савв?|ион|гаврил|данил|слав|ярослав|эммануил"  # Ильич, Никитична
_PATRONYMIC_MALE = re.compile(f"[оеё]вич$|^(?:{_SHORT_STEMS})ич$|[oe]vi(?:ch|c)$|^(?:ilyich|ilich|nikitich)$")
_PATRONYMIC_FEMALE = re.compile(
    f"[оеё]вна$|инична$|^(?:{_SHORT_STEMS})(?:ич)?на$|[oe]vna$|inichna$|^(?:nikitichna|savvichna)$"
)
_SURNAME_MALE = re.compile(
    r"(?:[оеё]в|[иы]н|ский|цкий|ской|цкой|ый|ий|ой)$|(?:[oe]v|off|[iy]n|sk(?:y|iy|ii|i)|yy|iy)$"
)
_SURNAME_FEMALE = re.compile(r"(?:[оеё]ва|[иы]на|ская|цкая|ая|яя)$|(?:[oe]va|[iy]na|skaya|skaia|aya)$")
_SURNAME_ANY = re.compile(
    r"(?:[иы]х|ко|[уюч]к|ян|янц|швили|дзе|ия|уа|ич|ец|ман|берг|штейн|дт|айте|не|оглы|баев|иани|аго|яго)$"
    r"|(?:kh|ko|uk|yuk|yan|shvili|dze|ich|ets|man|berg|stein|son)$"
)
PARTICLES = frozenset(
    (
        *("де", "да", "ди", "дель", "дела", "дос", "фон", "фан", "ван", "дер", "аль", "эль", "бин", "ибн", "ла"),
        *("de", "da", "di", "del", "della", "dos", "von", "van", "der", "den", "al", "el", "bin", "ibn", "la", "le"),
    )
)
KIN = frozenset(("оглы", "оглу", "кызы", "гызы", "кизи", "улы", "уулу", "углы", "ogly", "oglu", "kyzy", "gizi"))
MALE_KIN = frozenset(("оглы", "оглу", "улы", "уулу", "углы", "ogly", "oglu"))


@dataclass(frozen=True, slots=True)
class Wording:
    """What a word may be: gender codes m, f, u (both) where it may be that, "" where not.

    `common` marks the first names that most people have.
    """

    first: str
    common: bool
    patronymic: str
    surname: str
    initial: bool


@lru_cache(maxsize=65536)
def wording(word: str) -> Wording:
    """Tell what a word of a name may be; known first names are looked up in Latin letters too."""
    low = word.lower().replace("ё", "е")
    bare = low.rstrip(".")
    initial = len(bare) == 1
    first = first_names().get(bare, "")
    if not first and bare.isascii() and len(bare) > 2:
        first = _folded_first_names().get(fold(bare), "")
    if not first and "-" in bare:
        first = first_names().get(bare.partition("-")[0], "")
    patronymic = "m" if _PATRONYMIC_MALE.search(bare) else "f" if _PATRONYMIC_FEMALE.search(bare) else ""
    common = bool(first) and (bare in common_first_names() or (bare.isascii() and fold(bare) in _folded_common()))
    return Wording(first, common, patronymic, _surname(bare), initial)


def _surname(bare: str) -> str:
    if len(bare) < 3:
        return ""
    if _SURNAME_FEMALE.search(bare):
        return "f"
    if _SURNAME_MALE.search(bare):
        return "m"
    return "u" if _SURNAME_ANY.search(bare) else ""


@cache
def _folded_first_names() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, gender in first_names().items():
        key = fold(name)
        found[key] = "u" if found.get(key, gender) != gender else gender
    return found


@cache
def _folded_common() -> frozenset[str]:
    return frozenset(fold(name) for name in common_first_names())
