"""Marks in every field that a role may be kept from, and the finding of them in what people and programs are told."""

import html
import re
from datetime import date
from decimal import Decimal

from voronka.deals.models import Deal, Press
from voronka.people.models import Address, Client, ContactPoint, CustomField, Touch
from voronka.people.services.cards import ContactValue, match_keys, write_keys

MARK = "Zq7скрыто"
PHONE, SUM, INN, DAY = "79995550771", "7713377", "500100732259", date(1977, 7, 13)
MAIL = "zq7hidden@voronka-mail.ru"
SIGNS = (MARK.lower(), MARK.upper().lower(), PHONE[1:], SUM, INN, "13.07.1977", "1977-07-13", "zq7hidden")
TEXTS = ("city", "address", "address_label", "postcode", "position", "comment", "first_source", "external_id")


def mark_everything() -> None:
    """Put marks into every limited field, twice, so that the history holds them too."""
    for round_ in ("1", "2"):
        for client in Client.objects.all():
            for name in TEXTS:
                setattr(client, name, f"{MARK}{round_}")
            client.birthday, client.inn, client.purchases_sum = DAY, INN, Decimal(f"{SUM}.{round_}1")
            client.fields = own_marks("client", round_)
            client.save()
        for deal in Deal.objects.all():
            deal.sum, deal.tags = Decimal(f"{SUM}.{round_}1"), [f"{MARK}{round_}"]
            deal.fields |= own_marks("deal", round_)
            first = deal.lines.order_by("position").first()
            if first is not None:  # its goods make the sum
                deal.lines.exclude(pk=first.pk).delete()
                first.name, first.code = f"{MARK}{round_}", MARK
                first.quantity, first.discount, first.price, first.total = 1, 0, deal.sum, deal.sum
                first.save()
                deal.goods_count = 1
            deal.save()
    for client in Client.objects.all():
        other = Address.objects.create(client=client, label=MARK, city=MARK, line=MARK, postcode=MARK)
        other.label, other.city, other.line, other.postcode = (f"{MARK}2",) * 4
        other.save()
        ContactPoint.objects.filter(client=client).delete()
        for kind, value in (
            ("phone", f"+{PHONE}"),
            ("email", MAIL),
            ("telegram", "@zq7hidden"),
            ("whatsapp", f"+{PHONE}"),
        ):
            point = ContactPoint.objects.create(client=client, kind=kind, value=value, raw=value, label=MARK)
            point.label = f"{MARK} 2"
            point.save()
        values = {"kind": client.kind, "name": client.name, "last_name": "", "first_name": "", "middle_name": ""}
        write_keys(client.pk, match_keys(values, [ContactValue("phone", f"+{PHONE}", PHONE)]))
    Touch.objects.update(extra={"телефон": PHONE}, source=MARK, campaign=MARK)
    Press.objects.update(comment=MARK, effects=[{"code": "field", "words": f"Сумма: {SUM}", "at": None}])


def own_marks(subject: str, round_: str) -> dict[str, str]:
    """Return marks for the own fields of a subject that hold texts."""
    codes = CustomField.objects.filter(subject=subject, kind="text").values_list("code", flat=True)
    return dict.fromkeys(codes, f"{MARK}{round_}")


def told(text: str) -> list[str]:
    """Return the marks that a text tells, however it writes them."""
    plain = html.unescape(text).replace("&nbsp;", "").lower()
    packed = re.sub(r"[\s\u00a0\u202f\-()+]", "", plain)
    return [sign for sign in SIGNS if sign in plain or sign in packed]
