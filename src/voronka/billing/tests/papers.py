"""Papers to print in tests: a kitchen shop sells to a tourist base."""

from datetime import date
from decimal import Decimal

from voronka.billing.rules.papers import Paper, Party, Reference, Transport
from voronka.billing.rules.papers.codes import payment_code
from voronka.billing.rules.totals import Line, counted

SELLER = Party(
    "ООО «Ладная кухня»", "7719402184", "771901001", ogrn="1157746402184", okpo="12345678",
    address="105318, г. Москва, ул. Мироновская, д. 25", phone="8 800 200-04-18", bank="АО «Банк Полевой», г. Москва",
    bik="044525000", account="40702810500000004821", corr_account="30101810000000000000", director="Ладный К. С.",
    director_post="Генеральный директор", accountant="Белова З. И.",
)  # fmt: skip
BUYER = Party(
    "ООО «Таёжный двор»", "2463118405", "246301001", address="660028, г. Красноярск, ул. Телевизорная, д. 1",
    phone="+7 391 220-14-70", director="Таёжный А. А.",
)  # fmt: skip
SOLD = [
    ("Стол обеденный «Брусок»", "2", "18900", "796", False), ("Стул «Брусок»", "4", "9800", "796", False),
    ("Комод «Линия»", "1", "18900", "796", False), ("Светильник «Колос»", "2", "6450", "796", False),
    ("Доставка", "1", "6200", "876", True), ("Сборка мебели", "1", "3000", "876", True),
]  # fmt: skip


def lines(times: int = 1, *, percent: Decimal | None = Decimal(22)) -> tuple[Line, ...]:
    """Return what the shop sold, as many times."""
    rows = [
        Line(name, Decimal(count), Decimal(price), unit=unit, percent=percent, is_service=is_service)
        for name, count, price, unit, is_service in SOLD * times
    ]
    return tuple(counted(rows, by_line=False))


def paper(**changes: object) -> Paper:
    """Return the paper of the sale with changes."""
    from dataclasses import replace

    held = {
        "number": "874", "day": date(2026, 3, 3), "seller": SELLER, "buyer": BUYER, "lines": lines(),
        "basis": "Заказ № 2688 от 2 марта 2026 г.", "due": date(2026, 3, 13), "city": "Москва",
        "payments": (Reference("212", date(2026, 3, 11)),), "shipment": "УПД № 874 от 03.03.2026",
        "transport": Transport(places="7", gross_kg="412", car="ГАЗель", car_number="А123АА124"),
    }  # fmt: skip
    made = Paper(**(held | changes))  # type: ignore[arg-type]  # what tests ask for
    return replace(made, qr=payment_code(made)) if made.sum else made
