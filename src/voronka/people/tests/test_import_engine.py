"""What a run does to the base: policies, going on after a kill, two runs at once, questions, taking back."""

import json
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import Cast, make_company
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.models import EventRow
from voronka.kit.tables import Row
from voronka.kit.tenancy import company_context
from voronka.people.models import Address, Client, Consent, ContactPoint, ImportRow, ImportRun, MatchKey, Note, Touch
from voronka.people.services import imports
from voronka.people.services.imports import chunks, judging, lifecycle
from voronka.people.services.imports.chunks import do_chunk
from voronka.people.services.imports.running import read_chunks

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
HEAD = "ФИО;Телефон;E-mail;Город;ИНН;Сумма покупок\n"
ANNA = "Смирнова Анна Петровна;8 913 200-00-01;anna@mail.ru;Томск;;100\n"

pytestmark = pytest.mark.django_db(transaction=True)


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
def inside(cast: Cast) -> Iterator[None]:
    with company_context(cast.company_id):
        yield


def file(tmp_path: Path, *lines: str, name: str = "base.csv", head: str = HEAD) -> Path:
    path = tmp_path / name
    path.write_text(head + "".join(lines), encoding="utf-8")
    return path


def load(cast: Cast, path: Path, **more: str) -> ImportRun:
    return imports.import_file(actor=cast.owner, path=path, now=NOW, **more)


@transaction.atomic
def cards() -> list[Client]:
    return list(Client.objects.order_by("id"))


def prepare(cast: Cast, path: Path) -> ImportRun:
    """Take a file to the moment before its loading."""
    with path.open("rb") as source:
        run = lifecycle.start_import(actor=cast.owner, source=source, name=path.name, now=NOW)
    given = {"mapping": run.mapping, "options": run.options}
    lifecycle.choose_columns(actor=cast.owner, public_id=run.public_id, in_background=False, **given)
    imports.check(run.pk)
    return lifecycle.begin_run(actor=cast.owner, public_id=run.public_id, now=NOW, in_background=False)


def state(run: ImportRun) -> ImportRun:
    with transaction.atomic():
        return ImportRun.objects.get(pk=run.pk)


POLICIES = [
    ("fill", 1, "Томск", 100, {"+79132000001", "+79132000002"}),
    ("overwrite", 1, "Омск", 500, {"+79132000001", "+79132000002"}),
    ("skip", 1, "Томск", 100, {"+79132000001"}),
    ("new", 2, "Томск", 100, {"+79132000001"}),
]


@pytest.mark.parametrize(("policy", "count", "city", "total", "phones"), POLICIES)
def test_what_a_known_client_gets_by_each_policy(cast, inside, tmp_path, policy, count, city, total, phones):
    load(cast, file(tmp_path, ANNA))
    again = "СМИРНОВА Анна Петровна;8 913 200-00-01, 8 913 200-00-02;anna@mail.ru;Омск;7707083893;500\n"
    run = load(cast, file(tmp_path, again), duplicates=policy)
    found = cards()
    assert len(found) == count
    with transaction.atomic():
        assert {one.value for one in ContactPoint.objects.filter(client=found[0], kind="phone")} == phones
    assert (found[0].city, found[0].purchases_sum) == (city, total)
    assert found[0].inn == ("7707083893" if policy in ("fill", "overwrite") else "")
    assert (run.made, run.updated, run.skipped) == {
        "fill": (0, 1, 0), "overwrite": (0, 1, 0), "skip": (0, 0, 1), "new": (1, 0, 0)
    }[policy]  # fmt: skip


def test_what_is_written_beside_a_card(cast, inside, tmp_path):
    load(cast, file(tmp_path, ANNA))
    client = cards()[0]
    with transaction.atomic():
        assert (client.zone, client.zone_source, client.zone_sure) == ("Asia/Tomsk", "address", True)
        assert (client.last_name, client.first_name, client.middle_name, client.gender) == (
            "Смирнова",
            "Анна",
            "Петровна",
            "f",
        )
        assert MatchKey.objects.filter(client=client).exists()
        assert Touch.objects.get(client=client).channel == "import"
        assert EventRow.objects.filter(name="people.ClientCreated", client_id=client.pk).count() == 1
        assert EventRow.objects.get(name="people.ImportFinished").payload["made"] == 1
        row = ImportRow.objects.get()
        assert (row.number, row.outcome, row.client_id) == (2, "made", client.pk)


def test_one_client_three_times_in_a_file_is_one_card(cast, inside, tmp_path):
    rows = (ANNA, "Анна Смирнова;+7 (913) 200-00-01;;;;\n", "Smirnova Anna;;ANNA@mail.ru;;;\n")
    run = load(cast, file(tmp_path, *rows))
    assert (len(cards()), run.made) == (1, 1)


def test_a_killed_run_goes_on_without_doubling(cast, inside, tmp_path):
    lines = [f"Клиент{'абвгдежзик'[i % 10] * 3} Номер Иванович;8 913 3{i:06};;;;\n" for i in range(50)]
    run = prepare(cast, file(tmp_path, *lines))
    with lifecycle.table_of(run) as table, transaction.atomic():
        plan, settings = imports.plan_of(run), imports.settings_of(run)
    with lifecycle.table_of(run) as table:
        first, second, *_rest = read_chunks(plan, lifecycle.data_rows(run, table), chunk_rows=20)
    do_chunk(settings, first, done_before=0, now=NOW)

    class Killed(BaseException):
        pass

    with pytest.raises(Killed), transaction.atomic():
        do_chunk(settings, second, done_before=20, now=NOW)
        raise Killed  # the process dies before the chunk is committed
    assert (state(run).done_rows, len(cards())) == (20, 20)
    with pytest.raises(imports.Overtaken):  # a worker that slept through it does no row again
        do_chunk(settings, first, done_before=0, now=NOW)
    imports.load(run.pk)
    assert (state(run).state, state(run).done_rows, state(run).made, len(cards())) == ("done", 50, 50, 50)


def test_a_paused_run_stops_and_goes_on(cast, inside, tmp_path):
    run = prepare(cast, file(tmp_path, ANNA))
    imports.pause_run(actor=cast.owner, public_id=run.public_id)
    imports.load(run.pk)
    assert (state(run).state, cards()) == ("paused", [])
    imports.resume_run(actor=cast.owner, public_id=run.public_id, now=NOW)
    imports.load(run.pk)
    assert (state(run).state, len(cards())) == ("done", 1)


def _race(cast: Cast, runs: list[ImportRun]) -> None:
    def go(run: ImportRun) -> None:
        try:
            with company_context(cast.company_id):
                imports.load(run.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[run]) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_two_runs_at_once_with_the_same_phones_make_each_card_once(cast, inside, tmp_path):
    lines = [f"Иванов{'абвгдежзик'[i % 10]} Иван Иванович;8 913 4{i:06};;;;\n" for i in range(300)]
    runs = [prepare(cast, file(tmp_path, *lines, name=f"{n}.csv")) for n in range(2)]
    _race(cast, runs)
    assert [state(run).state for run in runs] == ["done", "done"]
    assert len(cards()) == 300


def test_without_the_lock_they_would_double(cast, inside, tmp_path, monkeypatch):
    """The control: the race above is real."""
    barrier = threading.Barrier(2)
    found = judging.find_ids

    def slow(company_id: int, keys: set[str]) -> object:
        known = found(company_id, keys)
        barrier.wait(20)
        return known

    lines = [f"Иванов{'абвгдежзик'[i % 10]} Иван Иванович;8 913 4{i:06};;;;\n" for i in range(20)]
    runs = [prepare(cast, file(tmp_path, *lines, name=f"{n}.csv")) for n in range(2)]
    monkeypatch.setattr(chunks, "lock_imports", lambda company_id: None)
    monkeypatch.setattr(judging, "find_ids", slow)
    _race(cast, runs)
    assert len(cards()) == 40


def test_a_doubtful_row_waits_for_a_person(cast, inside, tmp_path):
    load(cast, file(tmp_path, "Седелкина Галина Дмитриевна;;;Кемерово;;16\n"))
    path = file(tmp_path, "Седелкина Галина Дмитриевна;8 902 187-21-08;;Кемерово;;19\n")
    for answer, count, fate in (("same", 1, "updated"), ("new", 2, "made"), ("leave", 1, "skipped")):
        run = load(cast, path, duplicates="fill")
        assert (run.asked, run.made) == (1, 0), answer
        ask = {"actor": cast.owner, "public_id": run.public_id, "number": 2, "now": NOW}
        with pytest.raises(Invalid):
            imports.answer_question(**ask, answer="perhaps")
        imports.answer_question(**ask, answer=answer)
        imports.answer_question(**ask, answer=answer)
        assert len(cards()) == count
        assert state(run).asked == 0
        with transaction.atomic():
            row = ImportRow.objects.filter(run=run).first()
        assert (row and row.outcome) == fate
        imports.undo_run(actor=cast.owner, public_id=run.public_id)
        imports.undo(run.pk)
        assert (state(run).state, len(cards())) == ("undone", 1)


def test_an_undo_takes_back_what_nobody_touched(cast, inside, tmp_path):
    load(cast, file(tmp_path, ANNA))
    lines = (
        "Смирнова Анна Петровна;8 913 200-00-01;anna2@mail.ru;Омск;7707083893;777\n",
        "Петров Пётр Петрович;8 913 200-00-03;;Омск;;1\n",
        "Орлова Ольга Олеговна;8 913 200-00-04;;Омск;;1\n",
        "Зайцев Захар Захарович;8 913 200-00-05;;Омск;;1\n",
    )
    run = load(cast, file(tmp_path, *lines), duplicates="overwrite")
    anna, petrov, orlova, _zaitsev = cards()
    assert (anna.city, anna.inn) == ("Омск", "7707083893")
    with transaction.atomic():
        Client.objects.filter(pk=anna.pk).update(city="Казань", version=anna.version + 1)  # edited since
        Client.objects.filter(pk=petrov.pk).update(comment="ждёт", version=petrov.version + 1)
        Note.objects.create(client=orlova, text="звонила сама")
    imports.undo_run(actor=cast.owner, public_id=run.public_id)
    imports.undo(run.pk)
    left = cards()
    assert [one.pk for one in left] == [anna.pk, petrov.pk, orlova.pk]
    assert (left[0].city, left[0].inn, left[0].purchases_sum) == ("Казань", "", 100)
    with transaction.atomic():
        assert set(ContactPoint.objects.filter(client=anna).values_list("value", flat=True)) == {
            "+79132000001",
            "anna@mail.ru",
        }
        assert not MatchKey.objects.filter(key="i7707083893").exists()
        told = EventRow.objects.get(name="people.ImportUndone").payload
        assert (told["removed"], told["restored"], told["kept"]) == (1, 1, 2)
    with pytest.raises(Conflict):
        imports.undo_run(actor=cast.owner, public_id=run.public_id)


def test_consents_are_recorded_with_their_source_and_taken_back(cast, inside, tmp_path):
    path = file(tmp_path, ANNA)
    with path.open("rb") as source:
        run = lifecycle.start_import(actor=cast.owner, source=source, name=path.name, now=NOW)
    who = {"actor": cast.owner, "public_id": run.public_id, "in_background": False}
    options = {**run.options, "consents": ["personal_data", "advertising"]}
    lifecycle.choose_columns(**who, mapping=run.mapping, options=options)
    imports.check(run.pk)
    with pytest.raises(Invalid) as refusal:
        lifecycle.begin_run(**who, now=NOW)
    assert "consent_source" in refusal.value.fields
    lifecycle.begin_run(**who, options={"consent_source": "бумажная анкета"}, now=NOW)
    imports.load(run.pk)
    with transaction.atomic():
        assert {(one.purpose, one.given, one.source) for one in Consent.objects.all()} == {
            ("personal_data", True, "бумажная анкета"),
            ("advertising", True, "бумажная анкета"),
        }
    imports.undo_run(actor=cast.owner, public_id=run.public_id)
    imports.undo(run.pk)
    with transaction.atomic():
        assert (Client.objects.count(), Consent.objects.count()) == (0, 0)


def test_a_column_becomes_a_custom_field_and_is_remembered(cast, inside, tmp_path):
    path = file(tmp_path, "Анна Смирнова;8 913 200-00-01;42\n", head="ФИО;Телефон;Размер обуви\n")
    with path.open("rb") as source:
        run = lifecycle.start_import(actor=cast.owner, source=source, name=path.name, now=NOW)
    mapping = [*run.mapping[:2], {"target": "new", "name": "Размер обуви", "kind": "number"}]
    who = {"actor": cast.owner, "public_id": run.public_id, "in_background": False}
    lifecycle.choose_columns(**who, mapping=mapping, options=run.options)
    imports.check(run.pk)
    lifecycle.begin_run(**who, now=NOW)
    imports.load(run.pk)
    (code,) = cards()[0].fields
    assert cards()[0].fields[code] == "42"
    with path.open("rb") as source:
        again = lifecycle.start_import(actor=cast.owner, source=source, name=path.name, now=NOW)
    assert again.layout["remembered"]
    assert [one["target"] for one in again.mapping] == ["name", "phone", f"custom:{code}"]


BROKEN = [
    (b"", "file_empty"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, None),
    (b"PK\x03\x04 no workbook", None),
]


@pytest.mark.parametrize(("content", "code"), BROKEN)
def test_a_file_that_cannot_be_read_leaves_nothing(cast, inside, tmp_path, content, code):
    path = tmp_path / "base.xlsx"
    path.write_bytes(content)
    with pytest.raises(Invalid) as refusal:
        load(cast, path)
    assert refusal.value.fields["file"]
    assert code in (None, refusal.value.code)
    with transaction.atomic():
        assert not ImportRun.objects.exists()
    assert [one for one in (tmp_path / "files").rglob("*") if one.is_file()] == []


NAUGHTY = [
    "\x00",
    "a\x00b",
    "8 913\x00 200-00-09",
    "x\ud800@mail.ru",
    "\u202e8 913 200-00-08",
    "x" * 40_000,
    "=1+1",
    "'; DROP",
]


def test_no_cell_stops_a_run(cast, inside, tmp_path):
    strings = [*json.loads((DATA / "blns.json").read_text("utf-8")), *NAUGHTY, "\\.", "\\N", "a\tb\nc"]
    run = prepare(cast, file(tmp_path, ANNA))
    with transaction.atomic():
        plan, settings = imports.plan_of(run), imports.settings_of(run)
    rows = [Row(number, [text] * 6) for number, text in enumerate(strings, 2)]
    rows += [Row(number, [float("nan"), float("inf"), True, 10**30, None, -0.5]) for number in (9001, 9002)]
    done = imports.run_rows(settings=settings, plan=plan, rows=rows, chunk_rows=100)
    imports.finish(run.pk, now=NOW)
    left = state(run)
    assert done == left.done_rows == len(rows)
    assert left.made + left.updated + left.skipped + left.rejected + left.asked == len(rows)
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        assert imports.write_rejected(left, Path(folder)).stat().st_size > 100


def test_only_those_with_the_right_may_load(cast, inside, tmp_path):
    with pytest.raises(Denied):
        imports.import_file(actor=cast.colleague, path=file(tmp_path, ANNA), now=NOW)
    assert cards() == []


def test_named_addresses_of_a_file_stand_beside_the_main_one_and_go_with_it(
    cast: Cast, inside: None, tmp_path: Path
) -> None:
    head = "ФИО;Телефон;Адрес;Адрес доставки;Юридический адрес;Индекс\n"
    person = "Смирнова Анна;8 913 200-00-01"
    load(cast, file(tmp_path, f"{person};Омск, Мира, 1;Омск, Ленина, 5;;644000\n", head=head))
    firm = "Петров Пётр;8 913 200-00-02;;Тула, Новая, 8;Тула, Новая, 9;\n"
    with transaction.atomic():
        anna = Client.objects.get()
        assert (anna.address, anna.postcode, anna.address_label) == ("Омск, Мира, 1", "644000", "")
        assert list(Address.objects.values_list("label", "line")) == [("доставка", "Омск, Ленина, 5")]
    again = f"{person};Омск, Мира, 1;омск, ленина, 5;Омск, Правды, 7;\n"
    second = load(cast, file(tmp_path, again, firm, name="more.csv", head=head), duplicates="fill")
    with transaction.atomic():
        assert list(Address.objects.filter(client=anna).order_by("position").values_list("label", "line")) == [
            ("доставка", "Омск, Ленина, 5"),
            ("юридический", "Омск, Правды, 7"),
        ]
        petr = Client.objects.exclude(pk=anna.pk).get()
        assert (petr.address, petr.address_label) == ("Тула, Новая, 8", "доставка")
        assert Address.objects.get(client=petr).line == "Тула, Новая, 9"
    imports.undo_run(actor=cast.owner, public_id=second.public_id)
    imports.undo(second.pk)
    with transaction.atomic():
        assert Client.objects.get() == anna
        assert [one.line for one in Address.objects.all()] == ["Омск, Ленина, 5"]


@pytest.mark.parametrize("policy", ["fill", "overwrite"])
def test_the_only_address_of_a_row_is_one_more_where_the_client_has_a_main_one(
    cast: Cast, inside: None, tmp_path: Path, policy: str
) -> None:
    anna, petr = "Смирнова Анна;8 913 200-00-01", "Петров Пётр;8 913 200-00-02"
    load(cast, file(tmp_path, f"{anna};Омск, Мира, 1\n", head="ФИО;Телефон;Адрес\n"))
    head = "ФИО;Телефон;Регион;Адрес доставки;Юридический адрес;Индекс\n"
    more = (f"{one};Омская область;Омск, Ленина, 5;Тула, Новая, 9;644000\n" for one in (anna, petr))
    run = load(cast, file(tmp_path, *more, name="more.csv", head=head), duplicates=policy)
    delivery, legal = ("доставка", "Омская область, Омск, Ленина, 5"), ("юридический", "Тула, Новая, 9")
    known, new = cards()
    with transaction.atomic():
        assert (known.address, known.address_label, known.postcode) == ("Омск, Мира, 1", "", "")
        assert list(Address.objects.filter(client=known).values_list("label", "line")) == [delivery, legal]
        assert (new.address_label, new.address, new.postcode) == (*delivery, "644000")
        assert list(Address.objects.filter(client=new).values_list("label", "line")) == [legal]
    imports.undo_run(actor=cast.owner, public_id=run.public_id)
    imports.undo(run.pk)
    with transaction.atomic():
        assert (cards(), list(Address.objects.all())) == ([known], [])


def test_a_new_main_address_of_a_file_leaves_label_and_postcode_of_the_old_one_behind(
    cast: Cast, inside: None, tmp_path: Path
) -> None:
    head, person = "ФИО;Телефон;Город;Адрес;Вид адреса;Индекс\n", "Смирнова Анна;8 913 200-00-01"

    def overwrite(rest: str) -> ImportRun:
        return load(cast, file(tmp_path, f"{person};{rest}\n", head=head), duplicates="overwrite")

    def undo(run: ImportRun) -> None:
        imports.undo_run(actor=cast.owner, public_id=run.public_id)
        imports.undo(run.pk)

    @transaction.atomic
    def address() -> tuple[str, ...]:
        return Client.objects.values_list("address", "address_label", "postcode").get()

    load(cast, file(tmp_path, f"{person};Омск;;дом;644000\n", head=head))
    overwrite("Омск;Мира, 1;;")  # says more of the same place
    overwrite("г. Омск;мира, 1;;")
    assert address() == ("мира, 1", "дом", "644000")
    moved = overwrite("Тула;Новая, 9;;300000")
    assert address() == ("Новая, 9", "", "300000")
    bare = overwrite("Тула;Старая, 7;;")
    assert address() == ("Старая, 7", "", "")
    undo(bare)
    assert address() == ("Новая, 9", "", "300000")
    undo(moved)
    assert address() == ("мира, 1", "дом", "644000")

    edited = overwrite("Тула;Новая, 9;;")
    with transaction.atomic():
        Client.objects.update(address="Новая, 9, кв. 3")
    undo(edited)
    assert address() == ("Новая, 9, кв. 3", "", "")  # those of the old address stay with it
