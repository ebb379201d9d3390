"""The regions of Russia: their clocks, main cities and landline codes.

Sources: clocks by Federal Law 107-FZ of 3 June 2011 "On the Calculation of Time" with its amendments, in names of the
IANA time zone database; landline codes (ABC) by the Russian numbering plan; codes of regions by ISO 3166-2:RU.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """A region; `other_zones` are clocks that hold in smaller parts of it, so its zone alone is not certain."""

    code: str
    name: str
    stem: str
    zone: str
    city: str
    area_codes: tuple[str, ...]
    other_zones: tuple[str, ...] = ()


_MSK, _EKB, _KRS, _VVO, _IRK, _SAM = (
    "Europe/Moscow",
    "Asia/Yekaterinburg",
    "Asia/Krasnoyarsk",
    "Asia/Vladivostok",
    "Asia/Irkutsk",
    "Europe/Samara",
)

# code, full name, stem by which it is recognised in any writing, zone, main city, landline codes
_ROWS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("AD", "Республика Адыгея", "адыге", _MSK, "Майкоп", "877"),
    ("AL", "Республика Алтай", "республика алтай", "Asia/Barnaul", "Горно-Алтайск", "388"),
    ("ALT", "Алтайский край", "алтайск", "Asia/Barnaul", "Барнаул", "385"),
    ("AMU", "Амурская область", "амурск", "Asia/Yakutsk", "Благовещенск", "416"),
    ("ARK", "Архангельская область", "архангельск", _MSK, "Архангельск", "818"),
    ("AST", "Астраханская область", "астраханск", "Europe/Astrakhan", "Астрахань", "851"),
    ("BA", "Республика Башкортостан", "башк", _EKB, "Уфа", "347"),
    ("BEL", "Белгородская область", "белгородск", _MSK, "Белгород", "472"),
    ("BRY", "Брянская область", "брянск", _MSK, "Брянск", "483"),
    ("BU", "Республика Бурятия", "буряти", _IRK, "Улан-Удэ", "301"),
    ("CE", "Чеченская Республика", "чечен", _MSK, "Грозный", "871"),
    ("CHE", "Челябинская область", "челябинск", _EKB, "Челябинск", "351"),
    ("CHU", "Чукотский автономный округ", "чукот", "Asia/Anadyr", "Анадырь", "427"),
    ("CU", "Чувашская Республика", "чуваш", _MSK, "Чебоксары", "835"),
    ("CR", "Республика Крым", "крым", "Europe/Simferopol", "Симферополь", "365"),
    ("DA", "Республика Дагестан", "дагестан", _MSK, "Махачкала", "872"),
    ("IN", "Республика Ингушетия", "ингушет", _MSK, "Магас", "873"),
    ("IRK", "Иркутская область", "иркутск", _IRK, "Иркутск", "395"),
    ("IVA", "Ивановская область", "ивановск", _MSK, "Иваново", "493"),
    ("KAM", "Камчатский край", "камчат", "Asia/Kamchatka", "Петропавловск-Камчатский", "415"),
    ("KB", "Кабардино-Балкарская Республика", "балкар", _MSK, "Нальчик", "866"),
    ("KC", "Карачаево-Черкесская Республика", "черкес", _MSK, "Черкесск", "878"),
    ("KDA", "Краснодарский край", "краснодарск", _MSK, "Краснодар", "861 862"),
    ("KEM", "Кемеровская область", "кемеровск", "Asia/Novokuznetsk", "Кемерово", "384"),
    ("KGD", "Калининградская область", "калининградск", "Europe/Kaliningrad", "Калининград", "401"),
    ("KGN", "Курганская область", "курганск", _EKB, "Курган", "352"),
    ("KHA", "Хабаровский край", "хабаровск", _VVO, "Хабаровск", "421"),
    ("KHM", "Ханты-Мансийский автономный округ — Югра", "мансийск", _EKB, "Ханты-Мансийск", "346"),
    ("KIR", "Кировская область", "кировск", "Europe/Kirov", "Киров", "833"),
    ("KK", "Республика Хакасия", "хакаси", _KRS, "Абакан", "390"),
    ("KL", "Республика Калмыкия", "калмык", _MSK, "Элиста", "847"),
    ("KLU", "Калужская область", "калужск", _MSK, "Калуга", "484"),
    ("KO", "Республика Коми", "коми", _MSK, "Сыктывкар", "821"),
    ("KOS", "Костромская область", "костромск", _MSK, "Кострома", "494"),
    ("KR", "Республика Карелия", "карели", _MSK, "Петрозаводск", "814"),
    ("KRS", "Курская область", "курск", _MSK, "Курск", "471"),
    ("KYA", "Красноярский край", "красноярск", _KRS, "Красноярск", "391"),
    ("LEN", "Ленинградская область", "ленинградск", _MSK, "Санкт-Петербург", "813"),
    ("LIP", "Липецкая область", "липецк", _MSK, "Липецк", "474"),
    ("MAG", "Магаданская область", "магаданск", "Asia/Magadan", "Магадан", "413"),
    ("ME", "Республика Марий Эл", "марий", _MSK, "Йошкар-Ола", "836"),
    ("MO", "Республика Мордовия", "мордови", _MSK, "Саранск", "834"),
    ("MOS", "Московская область", "московск", _MSK, "Москва", "496 498"),
    ("MOW", "Москва", "москва", _MSK, "Москва", "495 499"),
    ("MUR", "Мурманская область", "мурманск", _MSK, "Мурманск", "815"),
    ("NEN", "Ненецкий автономный округ", "ненецк", _MSK, "Нарьян-Мар", ""),
    ("NGR", "Новгородская область", "новгородск", _MSK, "Великий Новгород", "816"),
    ("NIZ", "Нижегородская область", "нижегородск", _MSK, "Нижний Новгород", "831"),
    ("NVS", "Новосибирская область", "новосибирск", "Asia/Novosibirsk", "Новосибирск", "383"),
    ("OMS", "Омская область", "омск", "Asia/Omsk", "Омск", "381"),
    ("ORE", "Оренбургская область", "оренбургск", _EKB, "Оренбург", "353"),
    ("ORL", "Орловская область", "орловск", _MSK, "Орёл", "486"),
    ("PER", "Пермский край", "пермск", _EKB, "Пермь", "342"),
    ("PNZ", "Пензенская область", "пензенск", _MSK, "Пенза", "841"),
    ("PRI", "Приморский край", "приморск", _VVO, "Владивосток", "423"),
    ("PSK", "Псковская область", "псковск", _MSK, "Псков", "811"),
    ("ROS", "Ростовская область", "ростовск", _MSK, "Ростов-на-Дону", "863"),
    ("RYA", "Рязанская область", "рязанск", _MSK, "Рязань", "491"),
    ("SA", "Республика Саха (Якутия)", "якути", "Asia/Yakutsk", "Якутск", "411"),
    ("SAK", "Сахалинская область", "сахалинск", "Asia/Sakhalin", "Южно-Сахалинск", "424"),
    ("SAM", "Самарская область", "самарск", _SAM, "Самара", "846 848"),
    ("SAR", "Саратовская область", "саратовск", "Europe/Saratov", "Саратов", "845"),
    ("SE", "Республика Северная Осетия — Алания", "осети", _MSK, "Владикавказ", "867"),
    ("SEV", "Севастополь", "севастополь", "Europe/Simferopol", "Севастополь", "869"),
    ("SMO", "Смоленская область", "смоленск", _MSK, "Смоленск", "481"),
    ("SPE", "Санкт-Петербург", "санкт-петербург", _MSK, "Санкт-Петербург", "812"),
    ("STA", "Ставропольский край", "ставропольск", _MSK, "Ставрополь", "865 879"),
    ("SVE", "Свердловская область", "свердловск", _EKB, "Екатеринбург", "343"),
    ("TA", "Республика Татарстан", "татар", _MSK, "Казань", "843 855"),
    ("TAM", "Тамбовская область", "тамбовск", _MSK, "Тамбов", "475"),
    ("TOM", "Томская область", "томск", "Asia/Tomsk", "Томск", "382"),
    ("TUL", "Тульская область", "тульск", _MSK, "Тула", "487"),
    ("TVE", "Тверская область", "тверск", _MSK, "Тверь", "482"),
    ("TY", "Республика Тыва", "тыва", _KRS, "Кызыл", "394"),
    ("TYU", "Тюменская область", "тюменск", _EKB, "Тюмень", "345"),
    ("UD", "Удмуртская Республика", "удмурт", _SAM, "Ижевск", "341"),
    ("ULY", "Ульяновская область", "ульяновск", "Europe/Ulyanovsk", "Ульяновск", "842"),
    ("VGG", "Волгоградская область", "волгоградск", "Europe/Volgograd", "Волгоград", "844"),
    ("VLA", "Владимирская область", "владимирск", _MSK, "Владимир", "492"),
    ("VLG", "Вологодская область", "вологодск", _MSK, "Вологда", "817 820"),
    ("VOR", "Воронежская область", "воронежск", _MSK, "Воронеж", "473"),
    ("YAN", "Ямало-Ненецкий автономный округ", "ямало-ненецк", _EKB, "Салехард", "349"),
    ("YAR", "Ярославская область", "ярославск", _MSK, "Ярославль", "485"),
    ("YEV", "Еврейская автономная область", "еврейск", _VVO, "Биробиджан", "426"),
    ("ZAB", "Забайкальский край", "забайкал", "Asia/Chita", "Чита", "302"),
)

_OTHER_ZONES = {
    "SA": (_VVO, "Asia/Khandyga", "Asia/Ust-Nera", "Asia/Srednekolymsk"),
    "SAK": ("Asia/Srednekolymsk",),
}

REGIONS: dict[str, Region] = {
    code: Region(code, name, stem, zone, city, tuple(areas.split()), _OTHER_ZONES.get(code, ()))
    for code, name, stem, zone, city, areas in _ROWS
}

# Codes of the plan whose land the table above does not hold; the empty region means no certain clock.
_UNPLACED = {"336": "", "840": "", "856": "", "857": "", "860": ""}

AREA_CODES: dict[str, str] = {area: one.code for one in REGIONS.values() for area in one.area_codes} | _UNPLACED

# Hours from Greenwich: no region of Russia has summer time since 2014, so equal hours are one clock today.
HOURS: dict[str, int] = {
    **dict.fromkeys((_MSK, "Europe/Kirov", "Europe/Volgograd", "Europe/Simferopol"), 3),
    **dict.fromkeys((_SAM, "Europe/Astrakhan", "Europe/Saratov", "Europe/Ulyanovsk"), 4),
    "Europe/Kaliningrad": 2,
    _EKB: 5,
    "Asia/Omsk": 6,
    _KRS: 7,
    "Asia/Novosibirsk": 7,
    "Asia/Barnaul": 7,
    "Asia/Tomsk": 7,
    "Asia/Novokuznetsk": 7,
    _IRK: 8,
    "Asia/Chita": 9,
    "Asia/Yakutsk": 9,
    "Asia/Khandyga": 9,
    _VVO: 10,
    "Asia/Ust-Nera": 10,
    "Asia/Magadan": 11,
    "Asia/Sakhalin": 11,
    "Asia/Srednekolymsk": 11,
    "Asia/Kamchatka": 12,
    "Asia/Anadyr": 12,
}

# The city whose name a clock goes by, for people: the largest of the zone.
ZONE_CITIES: dict[str, str] = {
    "Europe/Kaliningrad": "Калининград",
    "Europe/Moscow": "Москва",
    "Europe/Simferopol": "Симферополь",
    "Europe/Kirov": "Киров",
    "Europe/Volgograd": "Волгоград",
    "Europe/Astrakhan": "Астрахань",
    "Europe/Saratov": "Саратов",
    "Europe/Ulyanovsk": "Ульяновск",
    "Europe/Samara": "Самара",
    "Asia/Yekaterinburg": "Екатеринбург",
    "Asia/Omsk": "Омск",
    "Asia/Novosibirsk": "Новосибирск",
    "Asia/Barnaul": "Барнаул",
    "Asia/Tomsk": "Томск",
    "Asia/Novokuznetsk": "Кемерово",
    "Asia/Krasnoyarsk": "Красноярск",
    "Asia/Irkutsk": "Иркутск",
    "Asia/Chita": "Чита",
    "Asia/Yakutsk": "Якутск",
    "Asia/Khandyga": "Хандыга",
    "Asia/Vladivostok": "Владивосток",
    "Asia/Ust-Nera": "Усть-Нера",
    "Asia/Magadan": "Магадан",
    "Asia/Sakhalin": "Южно-Сахалинск",
    "Asia/Srednekolymsk": "Среднеколымск",
    "Asia/Kamchatka": "Петропавловск-Камчатский",
    "Asia/Anadyr": "Анадырь",
    "Europe/Minsk": "Минск",
    "Europe/Kyiv": "Киев",
    "Europe/Kiev": "Киев",
    "Europe/Chisinau": "Кишинёв",
    "Asia/Almaty": "Алматы",
    "Asia/Tashkent": "Ташкент",
    "Asia/Samarkand": "Самарканд",
    "Asia/Bishkek": "Бишкек",
    "Asia/Dushanbe": "Душанбе",
    "Asia/Ashgabat": "Ашхабад",
    "Asia/Baku": "Баку",
    "Asia/Yerevan": "Ереван",
    "Asia/Tbilisi": "Тбилиси",
    "Europe/Riga": "Рига",
    "Europe/Vilnius": "Вильнюс",
    "Europe/Tallinn": "Таллин",
    "Asia/Dubai": "Дубай",
    "Europe/Istanbul": "Стамбул",
    "Asia/Jerusalem": "Иерусалим",
    "Europe/Berlin": "Берлин",
    "Europe/London": "Лондон",
    "Europe/Paris": "Париж",
    "Europe/Belgrade": "Белград",
    "Asia/Shanghai": "Пекин",
    "America/New_York": "Нью-Йорк",
}
