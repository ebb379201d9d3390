"""Short and spelling variants of first names, so that Саша and Александр may be one person."""

from functools import cache

from voronka.people.rules.letters import fold

# Full names first, then what they are called by.
_GROUPS = """
александр: саша шура саня алекс шурик
александра: саша шура саня аля
алексей: леша алеша лёха
анастасия: настя ася настасья
анатолий: толя толик
андрей: андрюша дрюня
анна: аня анюта нюра аннушка
антон: тоша антоша
аркадий: аркаша
артем: артемий тема
борис: боря
вадим: вадик дима
валентин: валя
валентина: валя
валерий: валера
валерия: лера
варвара: варя
василий: вася
василиса: вася
вера: верочка
вероника: ника
виктор: витя витек
виктория: вика
виталий: виталик витя
владимир: вова володя
владислав: влад владик слава
вячеслав: слава славик
галина: галя
геннадий: гена
георгий: жора гоша егор юрий
григорий: гриша
данил: даниил данила даня данька
дарья: даша дарина
денис: ден дэн
дмитрий: дима митя
евгений: женя
евгения: женя
егор: егорка
екатерина: катя катерина
елена: лена алена
елизавета: лиза
зинаида: зина
иван: ваня
игорь: игорек гоша
илья: илюша
инна: инночка
ирина: ира ириша
кирилл: кира
константин: костя
ксения: ксюша оксана аксинья
лариса: лара
леонид: леня
лидия: лида
любовь: люба
людмила: люда мила люся
максим: макс
маргарита: рита
марина: мариша
мария: маша маруся марья
михаил: миша
надежда: надя
наталья: наталия наташа ната
никита: никитка
николай: коля
нина: ниночка
оксана: ксана
олег: олежка
ольга: оля
павел: паша
петр: петя
полина: поля
раиса: рая
роман: рома
руслан: русик
светлана: света
семен: сема
сергей: сережа серега
софия: софья соня
станислав: стас
степан: степа
тамара: тома
татьяна: таня
тимофей: тима
федор: федя
юлия: юля
юрий: юра
яков: яша
ярослав: ярик слава
"""


@cache
def _full_names() -> dict[str, frozenset[str]]:
    """Folded variant → folded full names that it may stand for."""
    found: dict[str, set[str]] = {}
    for line in _GROUPS.strip().splitlines():
        full, _, variants = line.partition(":")
        for one in (full, *variants.split()):
            found.setdefault(fold(one), set()).add(fold(full))
    return {name: frozenset(full) for name, full in found.items()}


def may_be_one(first: str, other: str) -> bool:
    """Tell whether two folded first names may be the same person's: short form and full, or two short forms of one."""
    known = _full_names()
    return not known.get(first, frozenset((first,))).isdisjoint(known.get(other, frozenset((other,))))
