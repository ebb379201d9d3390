"""Clients, imports, employees and letters of the company of the pictures, made by the verbs of the product.

An import is left at each step of its wizard: columns, check, half loaded, loaded with doubts and rejections, undone.
"""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voronka.kit.actors import Actor
    from voronka.people.models import ImportRun

PASSWORD = "rowan-lantern-41-creek"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ROWS, LOADED = 2_480, 1_440
HEADS = (
    ("ФИО", "тел", "e-mail", "город", "инн", "итого"),
    ("Full name", "Phone", "E-mail", "City", "INN", "Total"),
)
# What people really keep in tables: the rows that the check shows.
MESSY = (
    (("Смирнова Анна Петровна", "Anna Smirnova"), "8(391)200-00-01", "anna.smirnova@example.ru", 5, "", "612400"),
    (("смирнова а.п.", "anna smirnova"), "+7 391 200-00-01", "", 5, "", "96400"),
    (("ООО «Таёжный двор»", "Taiga Yard Ltd"), "+7 391 220-14-70", "zakaz@taiga.example.ru", 5, "2463118406", "418000"),
    (("ИП Сомов Илья Олегович", "IP Somov"), "+7 342 211-08-90", "somov@example.ru", 8, "590211840", "486000"),
    (("Константинопольская-Задунайская Елизавета", "Elizabeth Constantine"), "343 200 11 18", "", 3, "", "1284900"),
    (("КИМ ЕВГЕНИЙ", "EUGENE KIM"), "+7 423 240-55-12", "kim.e@example.ru", 6, "", "146000"),
    (("", ""), "", "info@", 9, "", "0"),
    (("Абдрахманова Гульнара", "Gulnara Abdrakhmanova"), "+7 347 246-31-05", "gulnara@example.ru", 7, "", "203.000,00"),
    (("Лаптев Роман", "Roman Laptev"), "+7 495 120-00", "laptev@example.ru", 0, "", "241300"),
    (("Школа № 12", "School 12"), "+7 385 236-12-12", "school12@example.ru", 4, "", "690 000 руб."),
)  # fmt: skip
PLACES = (
    ("Москва", "Moscow", "495"),
    ("Санкт-Петербург", "Saint Petersburg", "812"),
    ("Новосибирск", "Novosibirsk", "383"),
    ("Екатеринбург", "Yekaterinburg", "343"),
    ("Барнаул", "Barnaul", "385"),
    ("Красноярск", "Krasnoyarsk", "391"),
    ("Владивосток", "Vladivostok", "423"),
    ("Уфа", "Ufa", "347"),
    ("Пермь", "Perm", "342"),
    ("", "", "495"),
)
SURNAMES = (
    "Рогов", "Хасанов", "Быков", "Ефимов", "Носков", "Чернов", "Ушаков", "Рябов", "Шилов", "Ермаков", "Котов", "Вдовин",
    "Жилин", "Прохоров", "Тарасов", "Щукин", "Игнатов", "Овчинников", "Пахомов", "Фокин",
)  # fmt: skip
LATIN = (
    "Rogov", "Khasanov", "Bykov", "Efimov", "Noskov", "Chernov", "Ushakov", "Ryabov", "Shilov", "Ermakov", "Kotov",
    "Vdovin", "Zhilin", "Prokhorov", "Tarasov", "Shchukin", "Ignatov", "Ovchinnikov", "Pakhomov", "Fokin",
)  # fmt: skip
NAMES = (
    ("Тимур", "Timur"),
    ("Олег", "Oleg"),
    ("Борис", "Boris"),
    ("Виктор", "Victor"),
    ("Глеб", "Gleb"),
    ("Юрий", "Yury"),
)
MIDDLE = ("Николаевич", "Борисович", "Викторович", "Ильич", "Юрьевич", "Олегович", "Львович")
DOUBTS = (
    ("Седелкина Галина Дмитриевна", "Galina Sedelkina"),
    ("Подкорытов Юрий Ильич", "Yury Podkorytov"),
    ("Заварзина Инга Львовна", "Inga Zavarzina"),
)
PEOPLE = (
    ("Ринат", "Ахметов", "Rinat", "Akhmetov", "head", "sales"),
    ("Марина", "Белова", "Marina", "Belova", "manager", "marina"),
    ("Никита", "Орлов", "Nikita", "Orlov", "manager", "nikita"),
    ("Татьяна", "Ким", "Tatiana", "Kim", "accountant", "money"),
)

LETTERS = (
    (
        ("Не дозвонились", "Мы вам звонили", "Здравствуйте, {{ client.first_name }}!\n\nКогда поговорим?"),
        ("Встреча назначена", "Ждём вас", "Добрый день, {{ client.first_name }}!\n\nДо встречи!\n\n{{ manager.name }}"),
    ),
    (
        ("Could not reach you", "We could not reach you", "Good day, {{ client.first_name }}!\n\nWhen may we talk?"),
        ("Meeting is set", "See you soon", "Good day, {{ client.first_name }}!\n\nSee you!\n\n{{ manager.name }}"),
    ),
)  # fmt: skip

Row = Sequence[str]


def fill_people(actor: "Actor", at: int, now: datetime, client: str) -> dict[str, str]:
    """Make what the pages of clients, imports and settings show beside the card at `client`; return addresses."""
    from django.db import transaction

    from voronka.accounts.queries import get_company_rules

    language = ("ru", "en")[at]
    found = {
        "client-edit": f"{client}edit/",
        "client-history": f"{client}history/",
        **_employees(actor, at, language, now),
        **_imports(actor, at, now),
        **_letters(actor, at),
        **_cards(actor, at, client, now),
    }
    with transaction.atomic():
        found["lead-form"] = f"/f/{get_company_rules().form_key}"
    return found


def _employees(actor: "Actor", at: int, language: str, now: datetime) -> dict[str, str]:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP
    from django.db import transaction

    from voronka.accounts import services
    from voronka.accounts.models import Employee

    with transaction.atomic():
        team = services.add_team(actor=actor, name=("Опт", "Wholesale")[at])
        for n, person in enumerate(PEOPLE):
            employee_id, token = services.add_employee(
                actor=actor, email=f"{person[5]}.{language}@example.com", first_name=person[2 * at],
                last_name=person[2 * at + 1], role=person[4], now=now, team_id=team if n % 2 else None,
            )  # fmt: skip
            employee = Employee.objects.select_related("user").get(pk=employee_id)
            if n < len(PEOPLE) - 1:
                services.join(token=token, user_id=None, password=PASSWORD, now=now)
            if n == 0:
                TOTP.activate(employee.user, SECRET)
                RecoveryCodes.activate(employee.user)
        return {"employee": f"/settings/employees/{employee.public_id}/", "join": f"/join/{token}/"}


def _rows(at: int, count: int, seed: int = 0, *, messy: bool = False) -> Iterator[Row]:
    yield HEADS[at]
    for names, phone, mail, place, inn, total in MESSY if messy else ():
        yield (names[at], phone, mail, PLACES[place][at], inn, total)
    for n in range(seed, seed + count):
        surname, place = (SURNAMES, LATIN)[at][n % 20], PLACES[n * 7 % 9]
        first = NAMES[n // 20 % 6][at]
        name = f"{surname} {first} {MIDDLE[n // 120 % 7]}" if at == 0 else f"{first} {surname}"
        phone = f"8 ({place[2]}) {200 + n % 700}-{n // 100 % 100:02}-{n % 100:02}"
        if n % 97 == 13:
            phone = phone[:-3]
        if n % 811 == 700:
            name, phone = "", ""
        mail = "" if n % 3 else f"client{n}@example.ru"
        yield (name, phone, mail, place[at], "", str(1_000 * (n * 37 % 900)) if n % 4 else "")


def _imports(actor: "Actor", at: int, now: datetime) -> dict[str, str]:
    from voronka.people.services import imports as services

    names = (("Клиенты_филиал_март.xlsx", "Выставка_мебель.xlsx", "База_2023.xlsx"),
             ("Clients_branch_March.xlsx", "Furniture_fair.xlsx", "Base_2023.xlsx"))[at]  # fmt: skip
    result = _checked(actor, names[1], [*_rows(at, 240, 9_000), *_doubts(actor, at, now)], now)
    _load(actor, result, now - timedelta(hours=2))
    undone = _checked(actor, names[2], list(_rows(at, 60, 9_500)), now)
    _load(actor, undone, now - timedelta(days=1))
    services.undo_run(actor=actor, public_id=undone.public_id)
    running = _checked(actor, names[0], list(_rows(at, ROWS)), now)
    _load(actor, running, now - timedelta(seconds=40), most=LOADED)
    check = _checked(actor, names[0], list(_rows(at, ROWS, 3_000, messy=True)), now)
    spare = ("", "Скидка", "Discount")[at + 1]
    columns = _uploaded(actor, names[1], [(*row, "" if n else spare) for n, row in enumerate(_rows(at, 40))], now)
    found = {"columns": columns, "check": check, "running": running, "result": result, "undone": undone}
    addresses = {f"import-{step}": f"/clients/import/{run.public_id}/" for step, run in found.items()}
    addresses["import-remarks"] = addresses["import-check"] + "remarks"
    addresses["import-question"] = addresses["import-result"] + "questions"
    return addresses


def _doubts(actor: "Actor", at: int, now: datetime) -> Iterator[Row]:
    """Make cards, and give rows that may be of the same people: name and city fit, the phone does not."""
    from voronka.people import services

    for n, names in enumerate(DOUBTS):
        phone, city = services.ContactDraft(kind="phone", value=f"+7 902 187-21-{n:02}"), PLACES[n + 2][at]
        draft = services.ClientDraft(name=names[at], city=city, contacts=(phone,))
        services.create_client(actor=actor, draft=draft, now=now - timedelta(days=200))
        yield (names[at], f"8 (913) 555-40-{n:02}", f"double{n}@example.ru", city, "", "18000")


def _uploaded(actor: "Actor", name: str, rows: Sequence[Row], now: datetime) -> "ImportRun":
    from voronka.kit.tables import write_xlsx
    from voronka.people.services import imports

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_xlsx(path, rows)
        with path.open("rb") as source:
            return imports.start_import(actor=actor, source=source, name=name, now=now)


def _checked(actor: "Actor", name: str, rows: Sequence[Row], now: datetime) -> "ImportRun":
    from voronka.people.services import imports

    run = _uploaded(actor, name, rows, now)
    imports.choose_columns(
        actor=actor, public_id=run.public_id, mapping=run.mapping, options=run.options, in_background=False
    )
    imports.check(run.pk)
    return run


def _load(actor: "Actor", run: "ImportRun", now: datetime, most: int = 0) -> None:
    """Load a checked file; `most` rows of it where a run under way is to be shown."""
    from django.db import transaction

    from voronka.kit.tenancy import company_context
    from voronka.people.models import ImportRun
    from voronka.people.services import imports
    from voronka.people.services.imports import lifecycle

    imports.begin_run(actor=actor, public_id=run.public_id, now=now, in_background=False)
    with company_context(actor.company_id, origin="import"):
        if not most:
            imports.load(run.pk)
            return
        with transaction.atomic():
            run = ImportRun.objects.select_related("file").get(pk=run.pk)
            plan, settings = imports.plan_of(run), imports.settings_of(run)
        with lifecycle.table_of(run) as table:
            imports.run_rows(settings=settings, plan=plan, rows=islice(lifecycle.data_rows(run, table), most))


def _letters(actor: "Actor", at: int) -> dict[str, str]:
    from django.db import transaction

    from voronka.messaging import services

    with transaction.atomic():
        for name, subject, body in LETTERS[at]:
            template = services.save_template(actor=actor, name=name, subject=subject, body=body)
    return {"letter": f"/settings/letters/{template.public_id}/"}


def _cards(actor: "Actor", at: int, client: str, now: datetime) -> dict[str, str]:
    """Give the first card consents, notes and a request; make an organisation with a contact person."""
    from django.db import transaction

    from voronka.people import services
    from voronka.people.models import Client

    with transaction.atomic():
        person = Client.objects.get(public_id=client.split("/")[2])
        for days, consent in (
            (900, services.ConsentDraft(purpose="personal_data", channel="any", given=True)),
            (900, services.ConsentDraft(purpose="advertising", channel="email", given=True)),
            (400, services.ConsentDraft(purpose="advertising", channel="sms", given=False)),
        ):
            said = ("анкета в салоне", "a form in the showroom")[at]
            services.record_consent(
                actor=actor, client_id=person.pk, consent=consent, source=said, now=now - timedelta(days=days)
            )
        note = ("Не звонить до 10 утра: маленький ребёнок.", "No calls before 10: a small child.")[at]
        services.add_note(actor=actor, client_id=person.pk, text=note, now=now - timedelta(days=2, hours=3))
        firm = services.create_client(
            actor=actor,
            draft=services.ClientDraft(
                kind="organisation",
                name=("ООО «Северный лес»", "Northern Forest Ltd")[at],
                city=("Архангельск", "Arkhangelsk")[at],
                inn="7707083893",
                kpp="773601001",
                contacts=(services.ContactDraft(kind="phone", value="+7 8182 20-14-70"),),
            ),
            now=now - timedelta(days=30),
        )
        services.add_contact_person(
            actor=actor, organisation_id=firm.pk, person_id=person.pk, position=("директор", "director")[at]
        )
    return {"client-firm": f"/clients/{firm.public_id}/", "firm-edit": f"/clients/{firm.public_id}/edit/"}
