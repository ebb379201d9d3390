"""A chunk judged while the one before it is being written: nothing is doubled, lost or put where it does not belong."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import Cast, make_company
from voronka.kit.models import EventRow, StoredFile
from voronka.kit.tables import Row
from voronka.kit.tenancy import company_context, current_company_id
from voronka.people import services as people
from voronka.people.models import Client, ContactPoint, ImportRow, ImportRun, MatchKey, Touch
from voronka.people.rules.import_plan import Plan, ReadRow
from voronka.people.rules.import_rows import read_rows
from voronka.people.services import imports
from voronka.people.services.imports import chunks, running
from voronka.people.services.imports.ahead import Carried
from voronka.people.services.imports.chunks import do_chunk, judge_ahead
from voronka.people.services.shapes import ClientDraft, ContactDraft

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PLAN = Plan(targets=("name", "phone", "email", "city", "inn"))
FIRST, LAST, FATHER = ("Анна", "Ольга", "Вера"), ("Смирнова", "Орлова", "Зайцева"), ("Петровна", "Ильинична")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    with company_context(cast.company_id, origin="import"):
        yield cast


@transaction.atomic
def new_run() -> ImportRun:
    file = StoredFile.objects.create(
        company_id=current_company_id(), subject_kind="import", subject_id=0, name="base.csv", size=0
    )
    return ImportRun.objects.create(file=file, state="running")


def settings_for(cast: Cast, run: ImportRun, policy: str = "fill") -> imports.Settings:
    return imports.Settings(company_id=cast.company_id, run_id=run.pk, policy=policy)


def sheet(*lines: Sequence[str], first: int = 2) -> list[Row]:
    return [Row(number, list(line)) for number, line in enumerate(lines, first)]


def read(*lines: Sequence[str], first: int = 2) -> list[ReadRow]:
    rows = sheet(*lines, first=first)
    found = read_rows(PLAN, rows)
    for one, row in zip(found, rows, strict=True):
        one.cells = row.cells
    return found


def go(cast: Cast, lines: Sequence[Sequence[str]], *, policy: str = "fill", size: int = 2) -> ImportRun:
    run = new_run()
    settings = settings_for(cast, run, policy)
    imports.run_rows(settings=settings, plan=PLAN, rows=sheet(*lines), chunk_rows=size, clock=lambda: NOW)
    return state(run)


@transaction.atomic
def state(run: ImportRun) -> ImportRun:
    return ImportRun.objects.get(pk=run.pk)


@transaction.atomic
def cards() -> list[Client]:
    return list(Client.objects.order_by("id"))


@transaction.atomic
def phones(client: Client) -> set[str]:
    return set(ContactPoint.objects.filter(client=client, kind="phone").values_list("value", flat=True))


@pytest.fixture
def slow_writer(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let each chunk be written only when the next one has been judged; tell in which order it all went."""
    went: list[str] = []
    judged = threading.Semaphore(0)
    write, judge = running.do_chunk, running.judge_ahead

    def slow(*arguments: object, **more: object) -> object:
        judged.acquire(timeout=2)  # the last one waits in vain
        went.append("write")
        return write(*arguments, **more)

    def note(*arguments: object, **more: object) -> object:
        found = judge(*arguments, **more)
        went.append("judge")
        if len(went) > 1:
            judged.release()
        return found

    monkeypatch.setattr(running, "do_chunk", slow)
    monkeypatch.setattr(running, "judge_ahead", note)
    return went


ANNA = ("Смирнова Анна Петровна", "8 913 200-00-01", "", "Томск", "")
ORLOVA = ("Орлова Ольга Олеговна", "8 913 200-00-02", "", "Томск", "")
NEIGHBOURS = [ORLOVA, ANNA, ("Смирнова Анна Петровна", "8 913 200-00-01", "anna@mail.ru", "", ""),
              ("Смирнова Анна", "", "anna@mail.ru", "", "7707083893")]  # fmt: skip


def test_a_row_finds_the_card_of_the_chunk_that_is_being_written(inside, slow_writer):
    run = go(inside, NEIGHBOURS)
    assert slow_writer == ["judge", "judge", "write", "write"]  # the second was judged before the first was written
    assert (run.made, run.updated, len(cards())) == (2, 2, 2)
    anna = cards()[1]
    assert (anna.city, anna.inn, anna.version) == ("Томск", "7707083893", 3)
    with transaction.atomic():
        assert [one.value for one in ContactPoint.objects.filter(client=anna).order_by("position")] == [
            "+79132000001", "anna@mail.ru"
        ]  # fmt: skip
        assert set(MatchKey.objects.filter(client=anna).values_list("key", flat=True)) >= {"p2000001", "i7707083893"}
        assert Touch.objects.filter(client=anna).count() == 1
        assert EventRow.objects.filter(client_id=anna.pk, name="people.ClientChanged").count() == 1


def test_without_the_carried_cards_it_would_be_doubled(inside, slow_writer, monkeypatch):
    """The control: the test above is about cards that do not stand in the base yet."""
    monkeypatch.setattr(chunks, "Carried", lambda before: Carried(None))
    assert go(inside, NEIGHBOURS).made == 3


def test_a_number_that_the_chunk_before_adds_to_a_known_card_is_found(inside, slow_writer):
    go(inside, [ANNA], size=1)
    more = ("Смирнова Анна Петровна", "8 913 200-00-01, 8 913 200-00-07", "", "", "")
    run = go(inside, [more, ("Смирнова А. П.", "8 913 200-00-07", "a.p@mail.ru", "", "")], size=1)
    (anna,) = cards()
    assert (run.made, run.updated, anna.version) == (0, 2, 3)
    assert phones(anna) == {"+79132000001", "+79132000007"}


def other_import(cast: Cast) -> None:
    go(cast, [ANNA])


def lead(cast: Cast) -> None:
    phone = ContactDraft(kind="phone", value=ANNA[1])
    people.create_client(actor=cast.owner, draft=ClientDraft(name=ANNA[0], contacts=(phone,)), now=NOW)


@pytest.mark.parametrize("meanwhile", [other_import, lead])
def test_a_card_made_between_judging_and_writing_is_not_made_again(inside, meanwhile):
    run, rows = new_run(), read(ANNA)
    settings = settings_for(inside, run)
    judged = judge_ahead(settings, rows, before=None)
    meanwhile(inside)
    written = do_chunk(settings, rows, done_before=0, now=NOW, judged=judged)
    assert written is not judged
    assert (state(run).made, len(cards())) == (0, 1)


@pytest.mark.parametrize("meanwhile", [other_import, lead])
def test_unasked_it_would_be(inside, meanwhile, monkeypatch):
    """The control: both happen only because the chunk is looked at again before it is written."""
    monkeypatch.setattr(chunks, "still_holds", lambda *_known, **_more: True)
    run, rows = new_run(), read(ANNA)
    settings = settings_for(inside, run)
    judged = judge_ahead(settings, rows, before=None)
    meanwhile(inside)
    assert do_chunk(settings, rows, done_before=0, now=NOW, judged=judged) is judged
    assert len(cards()) == 2


def edit(card: Client) -> None:
    card.city, card.version = "Омск", card.version + 1
    card.save(update_fields=["city", "version"])


def bin_it(card: Client) -> None:
    Client.objects.filter(pk=card.pk).update(binned_at=NOW)


def remove(card: Client) -> None:
    for model in (MatchKey, Touch, ContactPoint, ImportRow):
        model.objects.filter(client=card).delete()
    gone = Client.objects.filter(pk=card.pk)
    gone._raw_delete(gone.db)


CHANGES = [(edit, 1, "Омск", (0, 1)), (bin_it, 1, "Казань", (1, 0)), (remove, 1, "Казань", (1, 0))]


@pytest.mark.parametrize(("change", "count", "city", "outcome"), CHANGES)
def test_a_card_touched_between_judging_and_writing_is_judged_as_it_is(inside, change, count, city, outcome):
    go(inside, [("Смирнова Анна Петровна", "8 913 200-00-01", "", "", "")])
    run, rows = new_run(), read(("Смирнова Анна Петровна", "8 913 200-00-01", "anna@mail.ru", "Казань", ""))
    settings = settings_for(inside, run)
    judged = judge_ahead(settings, rows, before=None)
    with transaction.atomic():
        change(Client.objects.get())
    assert do_chunk(settings, rows, done_before=0, now=NOW, judged=judged) is not judged
    assert (len(cards()), cards()[0].city) == (count, city)  # what a person wrote is not filled over
    assert (state(run).made, state(run).updated) == outcome


def test_a_card_touched_but_not_by_this_chunk_changes_nothing(inside):
    go(inside, [ANNA, ORLOVA])
    run, rows = new_run(), read(ANNA)
    settings = settings_for(inside, run)
    judged = judge_ahead(settings, rows, before=None)
    with transaction.atomic():
        edit(Client.objects.get(name=ORLOVA[0]))
    assert do_chunk(settings, rows, done_before=0, now=NOW, judged=judged) is judged


def test_what_was_built_upon_a_chunk_that_came_out_otherwise_is_judged_again(inside, monkeypatch):
    """A lead comes while the first chunk waits to be written: its row joins the lead's card, and so must the next."""
    write, done = running.do_chunk, []

    def late(*arguments: object, **more: object) -> object:
        if not done:
            with company_context(inside.company_id):
                lead(inside)
            time.sleep(0.2)  # meanwhile the second chunk is judged by the card that the first one will not make
        done.append(more["judged"])
        return write(*arguments, **more)

    monkeypatch.setattr(running, "do_chunk", late)
    run = go(inside, [ANNA, ("Смирнова Анна Петровна", "8 913 200-00-01", "anna@mail.ru", "", "")], size=1)
    (anna,) = cards()
    assert (run.made, run.updated, phones(anna)) == (0, 2, {"+79132000001"})
    assert anna.city == "Томск"


def test_a_run_that_dies_while_one_chunk_is_written_and_the_next_is_judged_goes_on(inside, monkeypatch):
    class Killed(BaseException):
        pass

    lines = [(f"Клиентов{'абвгдежзик'[n % 10] * 2} Иван Иванович", f"8 913 3{n:06}", "", "", "") for n in range(12)]
    lines += lines[2:4]
    run = new_run()
    load = {"settings": settings_for(inside, run), "plan": PLAN, "rows": sheet(*lines), "chunk_rows": 3}
    judge, judged = running.judge_ahead, []

    def dying(*arguments: object, **more: object) -> object:
        judged.append(1)
        if len(judged) == 4:
            raise Killed
        return judge(*arguments, **more)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(running, "judge_ahead", dying)
        imports.run_rows(**load)
    left = state(run)
    assert (left.done_rows, left.made, len(cards())) == (9, 9, 9)  # the third was being written: whole, or not at all
    assert imports.run_rows(**load, done=left.done_rows) == 14
    assert (state(run).done_rows, state(run).made, state(run).skipped, len(cards())) == (14, 12, 2, 12)


def test_a_run_stopped_while_the_next_chunk_is_judged_ends_there(inside, monkeypatch):
    judge, judged = running.judge_ahead, []

    def pausing(*arguments: object, **more: object) -> object:
        judged.append(1)
        if len(judged) == 2:
            with transaction.atomic():
                ImportRun.objects.update(state="paused")
        return judge(*arguments, **more)

    monkeypatch.setattr(running, "judge_ahead", pausing)
    with pytest.raises(imports.Overtaken):
        go(inside, [ANNA, ORLOVA, ANNA, ORLOVA, ANNA, ORLOVA])
    with transaction.atomic():
        assert ImportRun.objects.get().done_rows in (0, 2)


# --- the same as one after another -----------------------------------------------------------------------------------


def crowd(chance: random.Random, count: int) -> list[tuple[str, ...]]:
    """Return rows of few people, so that nearly each has to do with a neighbour."""
    lines = []
    for _number in range(count):
        name = f"{chance.choice(LAST)} {chance.choice(FIRST)} {chance.choice(FATHER)}"
        if chance.random() < 0.2:
            name = name.rpartition(" ")[0]
        numbers = [f"8 913 200-00-0{chance.randrange(6)}" for _one in range(chance.randrange(3))]
        mail = chance.choice(("", "", "one@mail.ru", "two@mail.ru"))
        city = chance.choice(("", "Томск", "Омск"))
        lines.append((name, ", ".join(numbers), mail, city, chance.choice(("", "", "7707083893"))))
    return lines


@transaction.atomic
def base_of(run: ImportRun) -> object:
    """Return all that a run left, with cards named by their order."""
    order = {
        client_id: place for place, client_id in enumerate(Client.objects.order_by("id").values_list("id", flat=True))
    }
    told = Client.objects.order_by("id").values_list("name", "city", "inn", "zone", "gender", "version")
    ways = ContactPoint.objects.order_by("client_id", "position").values_list(
        "client_id", "kind", "value", "position"
    )
    keys = MatchKey.objects.order_by("client_id", "key").values_list("client_id", "key")
    rows = ImportRow.objects.filter(run=run).order_by("number")
    fates = rows.values_list("client_id", "candidate_id", "number", "outcome", "reason", "before", "written")
    counts = (run.done_rows, run.made, run.updated, run.skipped, run.rejected, run.asked)
    return (
        list(told),
        [(order[one[0]], *one[1:]) for one in ways],
        [(order[one[0]], one[1]) for one in keys],
        [(order.get(one[0]), order.get(one[1]), *one[2:]) for one in fates],
        counts,
    )


def one_after_another(settings: imports.Settings, lines: Sequence[Sequence[str]], size: int) -> None:
    done = 0
    for start in range(0, len(lines), size):
        rows = read(*lines[start : start + size], first=start + 2)
        do_chunk(settings, rows, done_before=done, now=NOW)
        done += len(rows)


@pytest.mark.parametrize("policy", ["fill", "overwrite", "skip", "new"])
@pytest.mark.parametrize("seed", range(6))
def test_the_base_is_the_same_as_without_judging_ahead(cast, policy, seed):
    lines = crowd(random.Random(seed), 40)
    size = 2 + seed % 4
    with company_context(cast.company_id, origin="import"):
        expected_run = new_run()
        one_after_another(settings_for(cast, expected_run, policy), lines, size)
        expected = base_of(state(expected_run))
    stranger = Cast(cast.other_company_id, cast.stranger, cast.stranger, cast.company_id, cast.owner)
    with company_context(cast.other_company_id, origin="import"):
        found = base_of(go(stranger, lines, policy=policy, size=size))
    assert found == expected


@transaction.atomic
def open_connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_the_writers_connection_is_closed(inside):
    before = open_connections()
    go(inside, NEIGHBOURS)
    late = time.monotonic() + 5  # a server lets go of a closed connection a moment later
    while open_connections() > before and time.monotonic() < late:
        time.sleep(0.05)
    assert open_connections() == before
