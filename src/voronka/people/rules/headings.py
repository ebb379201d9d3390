"""What columns of client lists are called, in Russian and English, by the meaning they have here."""

import re
from functools import cache

# Meaning → names as they stand after `tidy`. The targets are those of the import.
_NAMES: dict[str, str] = {
    "name": (
        "фио|ф и о|имя фамилия|фамилия имя|фамилия имя отчество|имя фамилия отчество|полное имя|клиент"
        "|имя клиента|фио клиента|клиент фио|контакт|контактное лицо|покупатель|заказчик|абонент|пациент"
        "|ученик|гость|наименование|название|контрагент|наименование контрагента|name|full name|fullname"
        "|client|client name|customer|customer name|contact|contact name|contact person|пользователь"
        "|участник|подписчик|лид|название контакта|получатель|user"
    ),
    "last_name": "фамилия|фам|фамилия клиента|last name|lastname|surname|family name|second name",
    "first_name": "имя|first name|firstname|given name|имя контакта",
    "middle_name": "отчество|отч|middle name|middlename|patronymic|отчество клиента",
    "organisation": (
        "организация|компания|название компании|название организации|юрлицо|юр лицо|фирма|предприятие"
        "|работодатель|company|company name|organization|organisation|место работы|юридическое лицо"
        "|наименование организации"
    ),
    "phone": (
        "телефон|тел|моб|мобильный|мобильный телефон|моб телефон|моб тел|сотовый|сотовый телефон"
        "|номер телефона|телефон клиента|рабочий телефон|раб телефон|домашний телефон|городской телефон"
        "|контактный телефон|телефоны|phone|phone number|mobile|mobile phone|cell|cell phone|tel|telephone"
        "|work phone|home phone|phones|доп телефон|дополнительный телефон|контактные телефоны"
        "|телефон контакта|тел моб|тел раб|факс|fax|номер тел|телефон рабочий|телефон мобильный"
        "|телефон домашний|телефон сотовый"
    ),
    "email": (
        "e mail|email|mail|почта|электронная почта|эл почта|емейл|имейл|мейл|адрес электронной почты"
        "|эл адрес|е mail|email address|e mail address|электронный адрес|адрес эл почты|почтовый ящик"
        "|е мейл|emails|рабочий email|личный email"
    ),
    "telegram": "telegram|телеграм|телеграмм|тг|tg|ник в телеграм|telegram username|аккаунт telegram",
    "whatsapp": "whatsapp|ватсап|вотсап|вацап|wa|whats app",
    "vk": "vk|вк|вконтакте|vkontakte|страница вк|ссылка вк|vk com",
    "max": "max|макс|max мессенджер",
    "site": "сайт|site|web|website|url|веб сайт|адрес сайта|web site|веб|домен",
    "city": ("город|city|населенный пункт|нас пункт|город клиента|город проживания|town|местоположение|location|гор"),
    "region": "регион|область|край|республика|region|state|субъект рф|область край|province",
    "address": (
        "адрес|address|адрес клиента|почтовый адрес|фактический адрес|факт адрес|улица|street|место жительства"
        "|street address|основной адрес"
    ),
    "address_home": "домашний адрес|адрес проживания|адрес дома|адрес регистрации|home address|home street",
    "address_office": "адрес офиса|рабочий адрес|адрес работы|office address|work address|business address",
    "address_delivery": "адрес доставки|доставка адрес|delivery address|shipping address|shipping street",
    "address_legal": "юридический адрес|юр адрес|адрес юридический|legal address|registered address",
    "address_label": "вид адреса|тип адреса|название адреса|address type|address label|address name",
    "postcode": "индекс|почтовый индекс|postcode|post code|postal code|zip|zip code|zip postal code",
    "position": "должность|position|job title|job|title|позиция|профессия|роль",
    "birthday": (
        "дата рождения|день рождения|др|д р|дата рожд|родился|birthday|birth date|date of birth|dob"
        "|birthdate|рождение|д рождения|дата рождения клиента|date birth"
    ),
    "gender": "пол|gender|sex|м ж|пол клиента",
    "purchases_sum": (
        "сумма покупок|сумма|сумма заказов|общая сумма|сумма продаж|оборот|выручка|потрачено|сумма чеков"
        "|ltv|total|total spent|amount|sum|покупок на сумму|итого|куплено на|сумма всех покупок|spent"
        "|revenue|сумма руб|total sum|purchases"
    ),
    "is_vip": "vip|вип|vip клиент|вип клиент|is vip|важный",
    "inn": "инн|inn|инн клиента|инн организации|tax id|инн контрагента|tin",
    "kpp": "кпп|kpp",
    "ogrn": "огрн|огрнип|ogrn|ogrnip|огрн огрнип",
    "bik": "бик|bik|бик банка|bic",
    "account": "расчетный счет|р с|рс|р счет|номер счета|счет|расч счет|bank account|account number",
    "comment": (
        "комментарий|комментарии|примечание|примечания|заметка|заметки|comment|comments|note|notes|описание"
        "|прим|коммент|description|доп информация|дополнительно|дополнительная информация|пометка|пометки"
        "|remark|remarks|комментарий менеджера|комментарий клиента|сообщение|message|текст"
    ),
    "source": (
        "источник|source|откуда|откуда узнали|канал|рекламный источник|utm source|источник заявки"
        "|источник лида|lead source|как узнали|откуда узнал|откуда пришел|реклама источник|channel"
    ),
    "external_id": (
        "id|ид|код|код клиента|id клиента|внешний код|external id|client id|customer id|гуид|guid|uuid"
        "|артикул клиента|код 1с|идентификатор|номер клиента|код контрагента|номер карты|uid|клиент id"
        "|id контакта|contact id|user id"
    ),
    "consent": (
        "согласие|согласие на обработку|согласие на обработку персональных данных|согласие пд|согласие пдн"
        "|consent|согласие на обработку пд|согласие на обработку данных|согласие на обработку пдн|gdpr"
        "|персональные данные"
    ),
    "consent_ads": (
        "согласие на рассылку|согласие на рекламу|рассылка|подписка|реклама|subscribed"
        "|согласие на рекламную рассылку|newsletter|подписан|marketing consent|opt in|согласен на рассылку"
        "|согласие на получение рекламы|подписка на рассылку"
    ),
}
# When no name fits whole: words that settle the meaning wherever they stand, the earlier first.
_WORDS: tuple[tuple[str, str], ...] = (
    ("consent_ads", r"рассылк|реклам\w* соглас|соглас\w* .*реклам"),
    ("consent", r"соглас"),
    ("email", r"e ?mail|электронн\w* почт|емейл|имейл"),
    ("phone", r"телефон|\bтел\b|мобильн|сотов|\bphone|\bmobile"),
    ("birthday", r"рожден|birth"),
    ("inn", r"\bинн\b"),
    ("kpp", r"\bкпп\b"),
    ("ogrn", r"\bогрн"),
    ("bik", r"\bбик\b"),
    ("account", r"расч\w* сч"),
    ("telegram", r"телеграм|telegram"),
    ("whatsapp", r"whats|ватсап"),
    ("comment", r"коммент|примечан|заметк|comment"),
    ("organisation", r"организаци|компани|\bcompany"),
    ("name", r"\bфио\b|\bfull ?name"),
    ("address", r"\bадрес|\baddress"),
    ("city", r"\bгород\b|\bcity\b"),
    ("purchases_sum", r"сумма .*(?:покуп|заказ|продаж)|\bкуплено\b|total spent"),
    ("source", r"\bисточник"),
)
_WORD_PATTERNS = tuple((target, re.compile(pattern)) for target, pattern in _WORDS)
_SIGNS = re.compile(r"[^a-zа-я0-9]+")
_NUMBER = re.compile(r"(?: ?№? ?\d{1,2}| осн| основной| доп)$")
LONGEST = 80  # signs; a longer cell is a value, not a name of a column


def tidy(heading: str) -> str:
    """Return a column's name in small letters without signs and ordinal number: "E-mail 2*" is "e mail"."""
    low = _SIGNS.sub(" ", heading.lower().replace("ё", "е")).strip()
    return _NUMBER.sub("", low).strip() if len(low) > 2 else low


@cache
def _by_name() -> dict[str, str]:
    return {tidy(name): target for target, names in _NAMES.items() for name in names.split("|")}


def target_of(heading: str) -> tuple[str, bool]:
    """Return the meaning of a column by its name and whether the name is a usual one; "" when it says nothing."""
    if len(heading) > LONGEST:
        return "", False
    name = tidy(heading)
    if found := _by_name().get(name):
        return found, True
    if len(name) <= 60 and not any(sign.isdigit() for sign in name):
        for target, pattern in _WORD_PATTERNS:
            if pattern.search(name):
                return target, False
    return "", False
