"""Many cards changed at once: looked at beforehand, changed piece by piece, taken back field by field."""

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import Cast, add_person, sign_in
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.models import Change, EventRow
from voronka.kit.tenancy import company_context
from voronka.people import services
from voronka.people.models import BulkRun, Client, MatchKey
from voronka.people.services import bulk
from voronka.people.services.bulk import work
from voronka.people.testing import NOON, make_client

pytestmark = pytest.mark.django_db


def begin(cast: Cast, query: str = "", names: tuple[str, ...] = ()) -> BulkRun:
    ids = [Client.objects.get(name=name).public_id for name in names]
    return bulk.begin_bulk(actor=cast.owner, public_ids=ids, query=query, now=NOON)


def change(cast: Cast, run: BulkRun, code: str, value: object = None, field: str = "") -> BulkRun:
    action = bulk.read_action(cast.owner, code, field=field, value=value)
    bulk.start_bulk(actor=cast.owner, public_id=run.public_id, action=action)
    bulk.run(run.pk)
    run.refresh_from_db()
    return run


def undo(cast: Cast, run: BulkRun) -> BulkRun:
    bulk.undo_bulk(actor=cast.owner, public_id=run.public_id)
    bulk.undo(run.pk)
    run.refresh_from_db()
    return run


def held(name: str) -> dict[str, object]:
    one = Client.objects.get(name=name)
    return {"city": one.city, "zone": one.zone, "vip": one.is_vip, "who": one.responsible_id, **one.fields}


@pytest.fixture
def five(inside: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(work, "CHUNK", 2)  # several pieces even of five
    services.add_field(actor=inside.owner, name="Метки", kind="choices", options=["а", "б", "в"], code="tags")
    services.add_field(actor=inside.owner, name="Метры", kind="number", code="metres")
    for number, name in enumerate("ABCDE"):
        make_client(
            inside.owner,
            name,
            city="Омск" if number % 2 else "Москва",
            phone=f"+7 913 000-00-0{number}",
            fields={"tags": ["а"]} if number < 3 else {},
        )
    return inside


def test_a_city_is_changed_with_its_clock_and_given_back(five: Cast) -> None:
    before = {name: held(name) for name in "ABCDE"}
    keys = set(MatchKey.objects.values_list("client_id", "key"))
    run = change(five, begin(five), "city", "Омск")
    assert (run.state, run.changed, run.left) == ("done", 3, {"same": 2})
    assert {held(name)["city"] for name in "ABCDE"} == {"Омск"}
    assert held("A")["zone"] == "Asia/Omsk"
    told = EventRow.objects.filter(name="people.ClientChanged", client_id=Client.objects.get(name="A").pk).last()
    assert told is not None
    assert "city" in told.payload["fields"]
    kept = Change.objects.filter(table="people_client", row_id=Client.objects.get(name="A").pk).last()
    assert kept is not None
    assert kept.before["city"] == "Москва"
    assert kept.actor["employee"] == five.owner.employee_id
    assert undo(five, run).undo == {"restored": 3, "kept": 0}
    assert {name: held(name) for name in "ABCDE"} == before
    assert set(MatchKey.objects.values_list("client_id", "key")) == keys


def test_what_was_edited_since_stays(five: Cast) -> None:
    run = change(five, begin(five), "city", "Томск")
    for name, draft in (("A", {"city": "Казань"}), ("B", {"comment": "звонил"})):
        one = Client.objects.get(name=name)
        services.update_client(actor=five.owner, client_id=one.pk, changes=draft, version=one.version, now=NOON)
    run = undo(five, run)
    assert held("A")["city"] == "Казань"
    assert held("B")["city"] == "Омск"
    assert Client.objects.get(name="B").comment == "звонил"
    assert run.state == "undone"
    assert run.undo["kept"] <= 1  # of A the city stays; its clock may have gone back


@pytest.mark.parametrize(
    ("code", "field", "value", "of_a", "of_e"),
    [
        ("add", "tags", ["б"], ["а", "б"], ["б"]),
        ("remove", "tags", ["а"], None, None),
        ("field", "tags", ["в"], ["в"], ["в"]),
        ("field", "tags", [], None, None),
        ("field", "metres", "7,5", "7.5", "7.5"),
    ],
)
def test_own_fields_are_changed_and_given_back(
    five: Cast, code: str, field: str, value: object, of_a: object, of_e: object
) -> None:
    before = {name: held(name) for name in "ABCDE"}
    run = change(five, begin(five), code, value, field)
    assert (held("A").get(field), held("E").get(field)) == (of_a, of_e)
    undo(five, run)
    assert {name: held(name) for name in "ABCDE"} == before


def test_chosen_rows_are_given_to_an_employee(five: Cast) -> None:
    run = begin(five, names=("A", "C"))
    assert run.total == 2
    run = change(five, run, "responsible", str(five.colleague.employee_id))
    assert [held(name)["who"] for name in "ABC"] == [five.colleague.employee_id, None, five.colleague.employee_id]
    undo(five, run)
    assert held("A")["who"] is None


def test_a_list_is_changed_as_it_was_found_though_the_change_makes_it_another(five: Cast) -> None:
    run = change(five, begin(five, query="f.city=Омск"), "city", "Томск")
    assert (run.changed, run.total) == (2, 2)
    make_client(five.owner, "F", city="Москва")
    later = begin(five, query="f.city=Москва")
    make_client(five.owner, "G", city="Москва")  # came after the choice
    assert change(five, later, "vip", "yes").changed == 4
    assert held("G")["vip"] is False


def test_the_preview_tells_the_same_as_the_run_and_writes_nothing(five: Cast) -> None:
    run = begin(five)
    action = bulk.read_action(five.owner, "city", value="Омск")
    seen = bulk.preview(five.owner, run, action)
    assert (seen.total, seen.will_change, dict(seen.left)) == (5, 3, {"same": 2})
    assert [(one.name, one.before, one.after) for one in seen.samples] == [(name, "Москва", "Омск") for name in "ACE"]
    assert held("A")["city"] == "Москва"
    done = change(five, run, "city", "Омск")
    assert (done.changed, done.left) == (seen.will_change, dict(seen.left))


def test_only_cards_within_reach_change_and_rights_are_asked_again(five: Cast) -> None:
    from voronka.accounts import services as accounts
    from voronka.accounts.queries import list_roles

    head = add_person(five.owner, "head")
    one = Client.objects.get(name="A")
    services.update_client(
        actor=five.owner, client_id=one.pk, changes={"responsible_id": five.owner.employee_id},
        version=one.version, now=NOON,
    )  # fmt: skip
    role_id = next(role.pk for role in list_roles() if role.code == "head")
    accounts.change_role_rights(
        actor=five.owner,
        role_id=role_id,
        rights={"people.see_clients": 3, "people.edit_clients": 1, "people.bulk_edit": 3},
    )
    from voronka.accounts.testing import actor_of

    head = actor_of(five.company_id, head.employee_id or 0)
    run = bulk.begin_bulk(actor=head, query="", now=NOON)
    action = bulk.read_action(head, "vip", value="yes")
    assert dict(bulk.preview(head, run, action).left) == {"not_yours": 1}
    bulk.start_bulk(actor=head, public_id=run.public_id, action=action)
    accounts.change_role_rights(actor=five.owner, role_id=role_id, rights={"people.bulk_edit": 0})
    bulk.run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error, run.changed) == ("failed", "denied", 0)
    assert not Client.objects.filter(is_vip=True).exists()


WRONG = (
    ("city", "я" * 200, ""),
    ("vip", "maybe", ""),
    ("consent", "yes", ""),
    ("responsible", "9" * 30, ""),
    ("field", "x", "metres"),
    ("add", [], "tags"),
    ("add", ["г"], "tags"),
    ("add", ["1"], "metres"),
)


def test_who_may_what(five: Cast) -> None:
    with pytest.raises(Denied):
        bulk.begin_bulk(actor=five.colleague, query="", now=NOON)
    run = begin(five)
    head = add_person(five.owner, "head")
    with pytest.raises(NotFound):
        bulk.get_bulk(head, run.public_id)
    with company_context(five.other_company_id), pytest.raises(NotFound):
        bulk.get_bulk(five.stranger, run.public_id)
    for code, value, field in WRONG:
        with pytest.raises(Invalid):
            bulk.read_action(five.owner, code, value=value, field=field)
    with pytest.raises(Invalid):
        begin(five, query="f.city=Нигде")
    with pytest.raises(Conflict):
        bulk.undo_bulk(actor=five.owner, public_id=run.public_id)


def test_a_stopped_change_keeps_what_is_done_and_gives_it_back(five: Cast) -> None:
    run = begin(five)
    bulk.start_bulk(
        actor=five.owner, public_id=run.public_id, action=bulk.read_action(five.owner, "vip", value="yes")
    )
    work._piece(run.pk, NOON)
    bulk.stop_bulk(actor=five.owner, public_id=run.public_id, now=NOON)
    bulk.run(run.pk)  # the job that was under way
    run.refresh_from_db()
    assert (run.state, run.changed) == ("stopped", 2)
    assert undo(five, run).undo == {"restored": 2, "kept": 0}
    assert not Client.objects.filter(is_vip=True).exists()


def test_the_pages_lead_from_the_choice_to_the_undo(five: Cast) -> None:
    browser = sign_in(Browser(), five.owner)
    ids = list(Client.objects.order_by("id").values_list("public_id", flat=True))[:2]
    page = browser.post("/clients/bulk/", {"what": "ids", "id": ids}).headers["Location"]
    assert "Выбрано 2 клиента" in browser.get(page).content.decode()
    looked = browser.get(page, {"do": "city", "value": "Тверь", "look": "1"}).content.decode()
    assert "Изменятся <b>2</b> карточки" in looked
    assert browser.get(page, {"do": "vip", "value": "x", "look": "1"}).status_code == 422
    browser.post(f"{page}start/", {"do": "city", "value": "Тверь"})
    run = BulkRun.objects.get()
    assert browser.get(page).status_code == 200
    bulk.run(run.pk)
    assert "Готово" in browser.get(page).content.decode()
    assert 'data-state="ended"' in browser.get(f"{page}progress/").content.decode()
    browser.post(f"{page}undo/")
    bulk.undo(run.pk)
    assert "возвращено" in browser.get(page).content.decode()
    assert browser.post("/clients/bulk/", {"what": "ids"}).status_code == 422
