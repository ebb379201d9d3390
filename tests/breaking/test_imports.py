"""Files as people really have them, and as nobody should: through the whole import, its questions and its undo."""

import csv
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from html import escape
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils.translation import override

from voronka.accounts.testing import Cast, add_person, make_company, sign_in
from voronka.kit.errors import Invalid
from voronka.kit.tenancy import company_context
from voronka.people import services as people
from voronka.people.models import Client, ContactPoint, ImportRow, ImportRun
from voronka.people.services import imports
from voronka.people.services.imports import lifecycle

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "data"
BIRTHDAY = date(1974, 12, 9)


@pytest.fixture(autouse=True)
def storage(tmp_path, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        },
    }


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def inside(cast):
    with company_context(cast.company_id):
        yield cast


def start(cast: Cast, path: Path, *, sheet: str | None = None, **new: str) -> ImportRun:
    """Take a file to its columns; `new` are columns by name that become custom fields of that kind."""
    with path.open("rb") as source:
        run = lifecycle.start_import(actor=cast.owner, source=source, name=path.name, now=NOW)
    if sheet is not None:
        run = lifecycle.choose_sheet(actor=cast.owner, public_id=run.public_id, sheet=sheet)
    names = [name.replace(" ", "_") for name in run.layout["headers"]]
    mapping = [
        {"target": "new", "name": run.layout["headers"][place], "kind": new[name]} if name in new else one
        for place, (name, one) in enumerate(zip(names, run.mapping, strict=True))
    ]
    return lifecycle.choose_columns(
        actor=cast.owner, public_id=run.public_id, mapping=mapping, options=run.options, in_background=False
    )


def check(run: ImportRun) -> ImportRun:
    imports.check(run.pk)
    return state(run)


def load(cast: Cast, run: ImportRun, **options: object) -> ImportRun:
    imports.check(run.pk)
    lifecycle.begin_run(actor=cast.owner, public_id=run.public_id, options=options, now=NOW, in_background=False)
    imports.load(run.pk)
    return state(run)


def take_back(cast: Cast, run: ImportRun) -> ImportRun:
    imports.undo_run(actor=cast.owner, public_id=run.public_id)
    imports.undo(run.pk)
    return state(run)


def state(run: ImportRun) -> ImportRun:
    with transaction.atomic():
        return ImportRun.objects.select_related("file").get(pk=run.pk)


@transaction.atomic
def cards() -> list[Client]:
    return list(Client.objects.order_by("id"))


@transaction.atomic
def contacts(client: Client) -> set[tuple[str, str, str]]:
    return set(ContactPoint.objects.filter(client=client).values_list("kind", "value", "extension"))


@transaction.atomic
def fates(run: ImportRun) -> dict[int, tuple[str, str]]:
    return {row.number: (row.outcome, row.reason) for row in ImportRow.objects.filter(run=run)}


def csv_file(folder: Path, text: str | bytes, name: str = "base.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


# --- the same list as three kinds of workbook --------------------------------------------------------------------

HEADS: list[list[object]] = [
    ["База клиентов"],
    ["Кто", None, "Что известно"],
    ["Фамилия", "Имя", "Телефон", "Дата рождения", "Сумма покупок", "Размер обуви"],
]
ROWS: list[list[object]] = [
    ["Ромашкина", "Анна", 79212180560, BIRTHDAY, 4784.85, 38],
    [],
    ["Лютиков", "Пётр", "8 (921) 218-05-61 доб. 12", 27372, "1 234 567,80 руб.", 43.5],
    ["Незнайкин", "Игорь", 9212180562, "31.02.1980", "12,34,56", "сорок"],
    [],
    ["Ромашкина", "Анна", "+7 921 218-05-60", None, 10, None],
]
MERGED = {(0, 0): 3, (1, 0): 2, (1, 2): 3}


def ods(path: Path) -> Path:
    """Write the list as OpenDocument: cells with types and styles as LibreOffice does, repeats for what is empty."""

    def cell(value: object, wide: int) -> str:
        span = f' table:number-columns-spanned="{wide}"' if wide > 1 else ""
        rest = f'<table:covered-table-cell table:number-columns-repeated="{wide - 1}"/>' if wide > 1 else ""
        if value is None:
            return "" if rest else "<table:table-cell/>"
        if isinstance(value, date):
            kind, shown = f'office:value-type="date" office:date-value="{value.isoformat()}"', f"{value:%d.%m.%Y}"
        elif isinstance(value, int | float):
            kind, shown = f'office:value-type="float" office:value="{value}"', str(value).replace(".", ",")
        else:
            kind, shown = 'office:value-type="string"', str(value)
        return f"<table:table-cell {kind}{span}><text:p>{escape(shown)}</text:p></table:table-cell>{rest}"

    def rows(values: list[list[object]]) -> str:
        made = []
        for number, row in enumerate(values):
            cells, place = "", 0
            while place < len(row):
                wide = MERGED.get((number, place), 1)
                cells += cell(row[place], wide)
                place += wide
            made.append(f"<table:table-row>{cells or '<table:table-cell/>'}</table:table-row>")
        return "".join(made)

    spaces = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{spaces}office:1.0"'
        f' xmlns:table="{spaces}table:1.0" xmlns:text="{spaces}text:1.0" office:version="1.2"><office:body>'
        '<office:spreadsheet><table:table table:name="Заметки"><table:table-row><table:table-cell'
        ' office:value-type="string"><text:p>Ничего о клиентах</text:p></table:table-cell></table:table-row>'
        f'</table:table><table:table table:name="Клиенты">{rows(HEADS + ROWS)}'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell'
        ' table:number-columns-repeated="1024"/></table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", kind, zipfile.ZIP_STORED)
        book.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{spaces}manifest:1.0"><manifest:file-entry manifest:full-path="/"'
            f' manifest:media-type="{kind}"/></manifest:manifest>',
        )
        book.writestr("content.xml", content)
    return path


def xlsx(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Заметки"
    book.active.append(["Ничего о клиентах"])
    sheet = book.create_sheet("Клиенты")
    for number, row in enumerate(HEADS + ROWS, 1):
        for place, value in enumerate(row, 1):
            sheet.cell(number, place, value)
    for (number, place), wide in MERGED.items():
        sheet.merge_cells(start_row=number + 1, end_row=number + 1, start_column=place + 1, end_column=place + wide)
    book.save(path)
    return path


def xls(path: Path) -> Path:
    path.write_bytes((SAMPLES / "clients.xls").read_bytes())
    return path


@pytest.mark.parametrize("make", [xls, ods, xlsx])
def test_a_workbook_goes_through_the_whole_import(inside, tmp_path, make: Callable[[Path], Path]):
    path = make(tmp_path / f"clients.{make.__name__}")
    run = start(inside, path, sheet="Клиенты", Размер_обуви="number")
    assert (run.layout["kind"], run.layout["sheets"]) == (make.__name__, ["Заметки", "Клиенты"])
    assert run.layout["header_row"] == 3
    assert [one["target"] for one in run.mapping] == [
        "last_name", "first_name", "phone", "birthday", "purchases_sum", "new"
    ]  # fmt: skip
    ready = check(run)
    assert (ready.state, ready.total, ready.preview["rows"], ready.preview["rejected"]) == ("ready", 4, 4, 1)
    done = load(inside, run)
    assert (done.state, done.made, done.updated + done.skipped, done.rejected) == ("done", 2, 1, 1)
    assert fates(run)[7] == ("rejected", "bad_sum@4")
    anna, pyotr = cards()
    (code,) = anna.fields
    assert (anna.name, anna.birthday, anna.purchases_sum) == ("Ромашкина Анна", BIRTHDAY, Decimal("4784.85"))
    assert (pyotr.name, pyotr.birthday, pyotr.purchases_sum) == ("Лютиков Пётр", BIRTHDAY, Decimal("1234567.80"))
    assert (anna.fields[code], pyotr.fields[code]) == ("38", "43.5")
    assert contacts(anna) == {("phone", "+79212180560", "")}
    assert contacts(pyotr) == {("phone", "+79212180561", "12")}
    with transaction.atomic():
        rejected = imports.write_rejected(done, tmp_path)
    book = openpyxl.load_workbook(rejected)
    assert [one.value for one in list(book.active.rows)[1]][:5] == [
        "Незнайкин", "Игорь", 9212180562, "31.02.1980", "12,34,56"
    ]  # fmt: skip
    book.close()
    assert (take_back(inside, run).state, cards()) == ("undone", [])


@pytest.mark.parametrize("make", [xls, ods])
def test_a_doubtful_row_of_an_old_workbook_can_be_answered(inside, tmp_path, make: Callable[[Path], Path]):
    """The row is kept as it was read; a card with the same number and another birthday makes the question."""
    head = "Фамилия;Имя;Телефон;Дата рождения\n"
    load(inside, start(inside, csv_file(tmp_path, head + "Лютиков;Пётр;8 921 218-05-61;01.05.1980\n")))
    known = cards()[0]
    run = load(inside, start(inside, make(tmp_path / f"clients.{make.__name__}"), sheet="Клиенты"))
    assert run.asked == 1
    (number,) = [number for number, (fate, _why) in fates(run).items() if fate == "asked"]
    imports.answer_question(actor=inside.owner, public_id=run.public_id, number=number, answer="same", now=NOW)
    with transaction.atomic():
        known.refresh_from_db()
    assert (known.birthday, known.purchases_sum) == (date(1980, 5, 1), Decimal("1234567.80"))
    take_back(inside, run)
    with transaction.atomic():
        known.refresh_from_db()
    assert (cards(), known.purchases_sum) == ([known], None)


# --- cells ---------------------------------------------------------------------------------------------------------

PHONES = [
    ("8 (913) 200-00-01", [("+79132000001", "")]),
    ("+7 913 200 00 01", [("+79132000001", "")]),
    ("7-913-200-00-01", [("+79132000001", "")]),
    ("9132000001", [("+79132000001", "")]),
    ("8(3822)51-00-01 доб. 204", [("+73822510001", "204")]),
    ("8 913 200-00-01, 8 913 200-00-02", [("+79132000001", ""), ("+79132000002", "")]),
    ("8 913 200-00-01 / +7(913)200-00-02", [("+79132000001", ""), ("+79132000002", "")]),
    ("+49 30 901820", [("+4930901820", "")]),
    ("'+79132000001", [("+79132000001", "")]),
    ("\u202a+79132000001\u202c", [("+79132000001", "")]),
    ("8\u00a0913\u00a0200\u20110001", [("+79132000001", "")]),
    ("79132000001.0", [("+79132000001", "")]),
]


@pytest.mark.parametrize(("text", "found"), PHONES)
def test_a_cell_of_phones(inside, tmp_path, text, found):
    path = csv_file(tmp_path, f'Имя;Телефон\nАнна;"{text}"\n')
    load(inside, start(inside, path))
    (anna,) = cards()
    assert contacts(anna) == {("phone", number, extension) for number, extension in found}


NAMES = [
    ("ФИО\nСмирнова Анна Петровна", ("Смирнова", "Анна", "Петровна")),
    ("ФИО\nАнна Петровна Смирнова", ("Смирнова", "Анна", "Петровна")),
    ("Имя;Отчество;Фамилия\nАнна;Петровна;Смирнова", ("Смирнова", "Анна", "Петровна")),
    ("Фамилия;Имя;Отчество\nСмирнова;Анна;Петровна", ("Смирнова", "Анна", "Петровна")),
    ("Имя;Фамилия\nСмирнова;Анна", ("Смирнова", "Анна", "")),  # written the other way round
    ("ФИО\nSmirnova Anna", ("Smirnova", "Anna", "")),
]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_names_in_any_order(inside, tmp_path, text, name):
    head, row = text.split("\n")
    load(inside, start(inside, csv_file(tmp_path, f"{head};Телефон\n{row};8 913 200-00-01\n")))
    (card,) = cards()
    assert (card.last_name, card.first_name, card.middle_name) == name


SUMS = [
    ("1 234,50", "1234.50"), ("1234.5", "1234.50"), ("12 345 руб. 67 коп.", "12345.67"), ("₽ 1 000", "1000.00"),
    ("1\u00a0000\u202f000,00 ₽", "1000000.00"), ("$1,234.50", "1234.50"), ("-5", "-5.00"), ("1,2,3", None),
    ("1e3", None), ("9" * 30, None), ("=1+1", None), ("NaN", ""), ("١٢٣", "123.00"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SUMS)
def test_a_cell_of_a_sum(inside, tmp_path, text, value):
    run = load(inside, start(inside, csv_file(tmp_path, f"Имя;Телефон;Сумма покупок\nАнна;8 913 200-00-01;{text}\n")))
    if value is None:
        # A sum is money: it is neither guessed at nor dropped in silence.
        assert (run.rejected, cards()) == (1, [])
    else:
        assert [one.purchases_sum for one in cards()] == [Decimal(value) if value else None]


# --- files that nobody should have ----------------------------------------------------------------------------------

HEAD, ANNA = "Имя;Телефон\n", "Анна;8 913 200-00-01\n"
FILES = [
    pytest.param((HEAD + ANNA).encode("utf-16"), 1, id="utf-16"),
    pytest.param((HEAD + ANNA).encode("cp1251"), 1, id="cp1251"),
    pytest.param((HEAD + ANNA).replace(";", "\t").encode(), 1, id="tabs"),
    pytest.param(HEAD.encode(), 0, id="header only"),
    pytest.param(HEAD.rstrip("\n").encode(), 0, id="header without an end"),
    pytest.param((HEAD + "\n" * 3000 + ANNA).encode(), 1, id="empty rows"),
    pytest.param((HEAD + 'Пётр;"8 913 200-00-02\n' + ANNA).encode(), 1, id="unbalanced quotes"),
    pytest.param((HEAD + "Ан\0на;8 913\0 200-00-01\n").encode(), 1, id="zero bytes"),
    pytest.param((HEAD + f"{'я' * 1_000_000};1\n" + ANNA).encode(), 1, id="two megabytes in one cell"),
    pytest.param((HEAD + "Анна;8 913 200-00-01" + ";x" * 1000 + "\n" + ANNA).encode(), 1, id="one row too wide"),
]


@pytest.mark.parametrize(("content", "made"), FILES)
def test_an_odd_file_is_loaded_as_far_as_it_can_be(inside, tmp_path, content, made):
    run = load(inside, start(inside, csv_file(tmp_path, content)))
    assert (run.state, run.made) == ("done", made)
    assert run.done_rows == run.made + run.updated + run.skipped + run.rejected + run.asked
    with transaction.atomic():
        assert imports.write_rejected(run, tmp_path).stat().st_size < 200_000
    assert (take_back(inside, run).state, cards()) == ("undone", [])


def test_a_thousand_columns_are_refused_in_words(inside, tmp_path):
    path = csv_file(tmp_path, ";".join(f"c{number}" for number in range(1000)) + "\n")
    with pytest.raises(Invalid) as refused:
        start(inside, path)
    assert "300" in refused.value.fields["file"]


def test_ten_megabytes_in_one_cell_are_refused_in_words(inside, tmp_path):
    with override("en"), pytest.raises(Invalid) as refused:
        start(inside, csv_file(tmp_path, HEAD + "я" * 5_000_000 + ";1\n" + ANNA))
    assert "Row 2" in refused.value.fields["file"]
    assert "columns" not in refused.value.fields["file"]


TRUNCATED = [(make, part) for make in (xls, ods, xlsx) for part in (0.3, 0.9)]


@pytest.mark.parametrize(("make", "part"), TRUNCATED)
def test_a_workbook_cut_short_is_refused_and_leaves_nothing(inside, tmp_path, make, part):
    whole = make(tmp_path / "whole").read_bytes()
    with pytest.raises(Invalid) as refused:
        start(inside, csv_file(tmp_path, whole[: int(len(whole) * part)], "clients.xlsx"))
    assert refused.value.fields["file"]
    with transaction.atomic():
        assert not ImportRun.objects.exists()
    assert not any(one.is_file() for one in (tmp_path / "files").rglob("*"))


NAMED = ["../../etc/passwd.csv", "a\x00b.csv", "\u202egpj.csv", "я" * 300 + ".csv", "", "C:\\base.csv", "a/b\r\nX: y"]


@pytest.mark.parametrize("name", NAMED)
def test_a_file_of_any_name_is_kept_and_given_back(cast, name, tmp_path):
    browser = sign_in(Browser(), cast.owner)
    answer = browser.post("/clients/import/upload", {"file": SimpleUploadedFile(name or "x", (HEAD + ANNA).encode())})
    assert answer.status_code in (302, 422)
    with company_context(cast.company_id):
        with transaction.atomic():
            run = ImportRun.objects.order_by("-id").first()
        assert run is not None
        run = load(cast, lifecycle.choose_columns(
            actor=cast.owner, public_id=run.public_id, mapping=run.mapping, options=run.options, in_background=False
        ))  # fmt: skip
    given = browser.get(f"/clients/import/{run.public_id}/file")
    assert b"".join(given.streaming_content) == (HEAD + ANNA).encode()
    rejected = browser.get(f"/clients/import/{run.public_id}/rejected")
    assert rejected.status_code == 200
    b"".join(rejected.streaming_content)
    for one in (given, rejected):
        assert "\n" not in one.headers["Content-Disposition"]
        assert "/" not in one.headers["Content-Disposition"].replace("UTF-8''", "").partition(";")[2]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://x","y")', " =1+1", "＝1+1"]


def test_no_cell_and_no_name_of_a_column_is_a_formula_in_the_rows_that_come_back(inside, tmp_path):
    for kind in ("csv", "xlsx"):
        book = openpyxl.Workbook()
        book.active.append(["Имя", "Сумма покупок", "=cmd|' /C calc'!A0"])
        for text in FORMULAS:
            row = [text, "1,2,3", text]
            book.active.append(row)
            for cell in book.active[book.active.max_row]:
                cell.data_type = "s"
        path = tmp_path / f"evil.{kind}"
        if kind == "xlsx":
            book.save(path)
        else:
            lines = [["Имя", "Сумма покупок", "=cmd"], *([one, "1,2,3", one] for one in FORMULAS)]
            path.write_text(
                "\n".join(";".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines), "utf-8"
            )
        run = load(inside, start(inside, path))
        assert run.rejected >= len(FORMULAS) - 2
        folder = tmp_path / f"out-{kind}"
        folder.mkdir()
        with transaction.atomic():
            out = imports.write_rejected(run, folder)
        if kind == "xlsx":
            back = openpyxl.load_workbook(out)
            assert all(cell.data_type != "f" for row in back.active.rows for cell in row)
            back.close()
        else:
            with out.open(encoding="utf-8-sig", newline="") as source:
                texts = [cell for line in csv.reader(source, delimiter=";") for cell in line]
            starts = tuple("=+@-\t\r＝")
            assert [text for text in texts if text.strip()[:1] in starts and not text.lstrip("+-").isdigit()] == []


# --- taking back ---------------------------------------------------------------------------------------------------

KNOWN = "ФИО;E-mail;Город;Сумма покупок\nСмирнова Аня;anna.smirnova@mail.ru;;10,5\n"
LATER = "ФИО;E-mail;Город;Сумма покупок\nСмирнова Анна Петровна;anna.smirnova@mail.ru;Томск;77,7\n"


def overwritten(cast: Cast, tmp_path: Path) -> tuple[ImportRun, Client]:
    load(cast, start(cast, csv_file(tmp_path, KNOWN)))
    run = load(cast, start(cast, csv_file(tmp_path, LATER)), duplicates="overwrite")
    (card,) = cards()
    assert (card.name, card.city, card.purchases_sum, card.zone) == (
        "Смирнова Анна Петровна", "Томск", Decimal("77.70"), "Asia/Tomsk"
    )  # fmt: skip
    return run, card


def edit(cast: Cast, card: Client, **changes: object) -> None:
    with transaction.atomic():
        card.refresh_from_db()
        people.update_client(actor=cast.owner, client_id=card.pk, changes=changes, version=card.version, now=NOW)


def test_everything_goes_back_when_nothing_was_edited(inside, tmp_path):
    run, card = overwritten(inside, tmp_path)
    take_back(inside, run)
    (card,) = cards()
    assert (card.name, card.last_name, card.first_name, card.middle_name) == ("Смирнова Аня", "Смирнова", "Аня", "")
    assert (card.city, card.purchases_sum) == ("", Decimal("10.50"))


def test_a_zone_set_by_hand_since_stays_sure(inside, tmp_path):
    run, card = overwritten(inside, tmp_path)
    edit(inside, card, zone="Asia/Omsk")
    take_back(inside, run)
    (card,) = cards()
    assert (card.zone, card.zone_source, card.zone_sure) == ("Asia/Omsk", "hand", True)
    assert card.city == ""


def test_a_name_edited_since_stays_whole(inside, tmp_path):
    """Its parts were written together: half of the old name and half of the new one is nobody."""
    run, card = overwritten(inside, tmp_path)
    edit(inside, card, name="Иванова Анна Петровна")
    take_back(inside, run)
    (card,) = cards()
    assert (card.name, card.last_name, card.first_name, card.middle_name, card.purchases_sum) == (
        "Иванова Анна Петровна", "Иванова", "Анна", "Петровна", Decimal("10.50")
    )  # fmt: skip


# --- stops, and several at once -------------------------------------------------------------------------------------

WORKER = """
import django, sys
django.setup()
from voronka.kit.tenancy import company_context
from voronka.people.services import imports
with company_context(int(sys.argv[1])):
    imports.load(int(sys.argv[2]))
"""


def many(count: int, first: int = 0) -> str:
    return "ФИО;Телефон\n" + "".join(
        f"Клиентов{'абвгдежзик'[n % 10] * 2} Иван Иванович;8 913 {first + n:07}\n" for n in range(count)
    )


def test_a_worker_killed_in_the_middle_is_followed_by_one_that_goes_on(inside, tmp_path, settings):
    run = start(inside, csv_file(tmp_path, many(4000, 2_000_000)))
    imports.check(run.pk)
    lifecycle.begin_run(actor=inside.owner, public_id=run.public_id, now=NOW, in_background=False)
    location = settings.STORAGES["default"]["OPTIONS"]["location"]
    home = tmp_path / "home"
    home.mkdir()
    (home / "files").symlink_to(location, target_is_directory=True)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "voronka.config.settings_test", "VORONKA_HOME": str(home),
           "PYTHONPATH": str(Path(imports.__file__).parents[4])}  # fmt: skip
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(inside.company_id), str(run.pk)], env=env, start_new_session=True,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while state(run).done_rows == 0 and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
        said = worker.communicate()[1]
    killed = state(run)
    assert worker.returncode == -signal.SIGKILL, said.decode()[-2000:]
    assert (killed.state, 0 < killed.done_rows < 4000, killed.made) == ("running", True, killed.done_rows)
    assert len(cards()) == killed.done_rows
    imports.load(run.pk)
    assert (state(run).state, state(run).made, len(cards())) == ("done", 4000, 4000)
    with transaction.atomic():
        assert ImportRow.objects.filter(run=run).values("number").distinct().count() == 4000


def test_two_companies_load_the_same_people_at_once_and_do_not_meet(cast, tmp_path):
    stranger = Cast(cast.other_company_id, cast.stranger, cast.stranger, cast.company_id, cast.owner)
    path, failures = csv_file(tmp_path, many(1500, 3_000_000)), []
    gate = threading.Barrier(2)

    def go(whose: Cast) -> None:
        try:
            with company_context(whose.company_id):
                run = start(whose, path)
                imports.check(run.pk)
                lifecycle.begin_run(actor=whose.owner, public_id=run.public_id, now=NOW, in_background=False)
                gate.wait(60)
                imports.load(run.pk)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(whose,)) for whose in (cast, stranger)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert not failures, failures
    for company_id in (cast.company_id, cast.other_company_id):
        with company_context(company_id), transaction.atomic():
            assert Client.objects.count() == ImportRow.objects.filter(outcome="made").count() == 1500


# --- columns -------------------------------------------------------------------------------------------------------


def test_two_columns_cannot_become_one_field(inside, tmp_path):
    path = csv_file(tmp_path, "Имя;Телефон;Размер;Размер \nАнна;8 913 200-00-01;42;43\n")
    with path.open("rb") as source:
        run = lifecycle.start_import(actor=inside.owner, source=source, name=path.name, now=NOW)
    mapping = [*run.mapping[:2], *({"target": "new", "name": name, "kind": "text"} for name in ("Размер", "размер "))]
    with pytest.raises(Invalid) as refused:
        lifecycle.choose_columns(
            actor=inside.owner, public_id=run.public_id, mapping=mapping, options=run.options, in_background=False
        )
    assert list(refused.value.fields) == ["column_3"]


def test_whoever_may_not_make_fields_gets_to_the_columns_of_a_file_known_from_before(cast, tmp_path):
    """The head of sales left the columns with a new field; another who may import and make no fields sends the same."""
    content = "Имя;Телефон;Размер обуви\nАнна;8 913 200-00-01;42\n".encode()
    with company_context(cast.company_id):
        run = start(cast, csv_file(tmp_path, content), Размер_обуви="number")
    assert run.state == "checking"
    browser = sign_in(Browser(), add_person(cast.owner, "marketer"))
    answer = browser.post("/clients/import/upload", {"file": SimpleUploadedFile("base.csv", content)})
    assert answer.status_code == 302
    assert browser.get(answer["Location"]).status_code == 200


def test_letters_that_are_none_are_refused_in_words(inside, tmp_path):
    with pytest.raises(Invalid) as refused:
        start(inside, csv_file(tmp_path, (HEAD + "\ud83d;\udc00x\n" + ANNA).encode("utf-8", "surrogatepass")))
    assert refused.value.code == "file_encoding"
