"""The recycle bin: out of sight everywhere, back with everything, erased after thirty days."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import Cast, add_person, sign_in
from voronka.kit.errors import Conflict, Denied, NotFound
from voronka.kit.models import Change, EventRow
from voronka.kit.tenancy import company_context
from voronka.people import queries, services
from voronka.people.models import Client, ContactPoint, MatchKey, Note
from voronka.people.queries.bin import companies_with_old, list_bin
from voronka.people.queries.duplicates import find_sharing
from voronka.people.services import TouchData, bulk
from voronka.people.services import bin as bins
from voronka.people.testing import NOON, make_client

PHONE = "+7 913 555-44-33"


@pytest.fixture
def anna(inside: Cast) -> Client:
    client = make_client(inside.owner, "Анна Смирнова", phone=PHONE, email="anna@mail.ru", city="Омск")
    services.add_note(actor=inside.owner, client_id=client.pk, text="любит чай", now=NOON)
    return client


def put_away(cast: Cast, client: Client) -> None:
    services.bin_client(actor=cast.owner, client_id=client.pk, now=NOON)


def test_a_binned_client_is_nowhere(inside: Cast, anna: Client) -> None:
    keys = list(MatchKey.objects.filter(client_id=anna.pk).values_list("key", flat=True))
    assert find_sharing(inside.owner, keys)
    put_away(inside, anna)
    assert not queries.list_clients(inside.owner).exists()
    assert queries.search_clients(inside.owner, "смирн") == []
    assert queries.search_clients(inside.owner, "55 44 33") == []
    assert queries.search_clients(inside.owner, "anna@mail.ru") == []
    assert find_sharing(inside.owner, keys) == []
    browser = sign_in(Browser(), inside.owner)
    assert browser.get(f"/clients/{anna.public_id}/").status_code == 404
    assert "Смирнова" not in browser.get("/clients/").content.decode()
    for act in (
        lambda: services.add_note(actor=inside.owner, client_id=anna.pk, text="x", now=NOON),
        lambda: queries.lock_client(anna.pk),
        lambda: queries.get_client_row(anna.pk),
    ):
        with pytest.raises(NotFound):
            act()


def test_one_who_comes_again_gets_a_card_of_his_own(inside: Cast, anna: Client) -> None:
    put_away(inside, anna)
    touch = TouchData(channel="form", name="Анна", phones=(PHONE,))
    result = services.record_touch(actor=inside.owner, touch=touch, now=NOON)
    assert result.is_new
    assert result.client_id != anna.pk


def test_it_comes_back_with_everything(inside: Cast, anna: Client) -> None:
    contacts = list(ContactPoint.objects.values_list("value", flat=True))
    put_away(inside, anna)
    assert [
        (one.client.pk, one.by, one.days_left) for one in list_bin(inside.owner, now=NOON + timedelta(days=3))
    ] == [(anna.pk, inside.owner.name, 27)]
    assert services.restore_clients(actor=inside.owner, public_ids=[anna.public_id]) == [anna.pk]
    assert queries.search_clients(inside.owner, "смирн") == [anna.pk]
    assert list(ContactPoint.objects.values_list("value", flat=True)) == contacts
    assert Note.objects.get().text == "любит чай"
    assert list_bin(inside.owner, now=NOON) == []
    names = list(EventRow.objects.filter(client_id=anna.pk).order_by("id").values_list("name", flat=True))
    assert names[-2:] == ["people.ClientBinned", "people.ClientRestored"]
    with pytest.raises(NotFound):
        services.restore_clients(actor=inside.owner, public_ids=[anna.public_id])


def test_who_may_delete(inside: Cast, anna: Client) -> None:
    head = add_person(inside.owner, "head")
    with pytest.raises(Denied):
        services.bin_client(actor=inside.colleague, client_id=anna.pk, now=NOON)
    with company_context(inside.other_company_id), pytest.raises(NotFound):
        services.bin_client(actor=inside.stranger, client_id=anna.pk, now=NOON)
    services.bin_client(actor=head, client_id=anna.pk, now=NOON)
    with pytest.raises(Denied):
        services.restore_clients(actor=inside.colleague, public_ids=[anna.public_id])


def test_a_card_that_cannot_be_erased_lets_all_others_be_and_is_tried_again(
    inside: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = [make_client(inside.owner, f"Клиент {number}") for number in range(4)]
    for one in cards:
        put_away(inside, one)
    usual, late = bins._erase, NOON + timedelta(days=31)

    def breaks_of_the_second(ids: Sequence[int], *, now: datetime) -> None:
        usual(ids, now=now)
        if cards[1].pk in ids:
            raise ZeroDivisionError

    monkeypatch.setattr(bins, "_erase", breaks_of_the_second)
    assert services.erase_old(now=late) == 3
    left = Client.with_binned.filter(erased_at=None)
    assert [one.pk for one in left] == [cards[1].pk], "nothing of it is half erased"
    monkeypatch.undo()
    assert services.erase_old(now=late) == 1


def test_after_thirty_days_nothing_names_the_person(inside: Cast, anna: Client) -> None:
    services.update_client(
        actor=inside.owner,
        client_id=anna.pk,
        changes={"comment": "секретная примета"},
        version=anna.version,
        now=NOON,
    )
    other = make_client(inside.owner, "Борис", city="Тверь")
    services.update_client(
        actor=inside.owner, client_id=other.pk, changes={"city": "Казань"}, version=other.version, now=NOON
    )
    put_away(inside, anna)
    assert services.erase_old(now=NOON + timedelta(days=29)) == 0
    assert companies_with_old(NOON + timedelta(days=29)) == []
    late = NOON + timedelta(days=31)
    assert inside.company_id in companies_with_old(late)
    assert services.erase_old(now=late) == 1
    assert services.erase_old(now=late) == 0
    row = Client.with_binned.get(pk=anna.pk)
    assert (row.name, row.city, row.comment, row.erased_at) == ("Удалённый клиент", "", "", late)
    assert not ContactPoint.objects.exists()
    assert Note.objects.get().text == ""
    left = " ".join(str(one.before) for one in Change.objects.all())
    for word in ("Смирнова", "anna@mail.ru", "79135554433", "любит чай", "секретная", "Омск"):
        assert word not in left
    assert "Тверь" in left  # the history of others is whole
    with pytest.raises(NotFound):
        services.restore_clients(actor=inside.owner, public_ids=[anna.public_id])
    assert companies_with_old(late) == []


def test_no_other_history_can_be_emptied(inside: Cast, anna: Client) -> None:
    from django.db import connection

    services.update_client(
        actor=inside.owner, client_id=anna.pk, changes={"city": "Тверь"}, version=anna.version, now=NOON
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_forget_erased(%s, %s)", [[anna.pk], ["people_contactpoint"]])
        assert cursor.fetchone() == (0,)
    assert Change.objects.get(table="people_client").before["city"] == "Омск"


def test_many_go_at_once_and_come_back(inside: Cast, anna: Client) -> None:
    make_client(inside.owner, "Борис")
    run = bulk.begin_bulk(actor=inside.owner, query="", now=NOON)
    bulk.start_bulk(actor=inside.owner, public_id=run.public_id, action=bulk.read_action(inside.owner, "bin"))
    bulk.run(run.pk)
    assert not Client.objects.exists()
    bulk.undo_bulk(actor=inside.owner, public_id=run.public_id)
    bulk.undo(run.pk)
    assert Client.objects.count() == 2


def test_the_pages_of_the_bin(inside: Cast, anna: Client) -> None:
    browser = sign_in(Browser(), inside.owner)
    answer = browser.post(f"/clients/{anna.public_id}/delete/", follow=True)
    assert f"/clients/bin/restore/?id={anna.public_id}" in answer.content.decode()
    assert "Смирнова" in browser.get("/clients/bin/").content.decode()
    assert browser.get("/clients/bin/?before=zzz").status_code == 200
    assert browser.get("/clients/bin/?before=1e400").status_code == 200
    back = browser.post("/clients/bin/restore/", {"id": anna.public_id})
    assert back.headers["Location"] == f"/clients/{anna.public_id}/"
    assert browser.post("/clients/bin/restore/", {"id": "zzz"}).status_code == 404


def test_pages_show_every_card_that_was_deleted_at_one_moment(inside: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from voronka.people.queries import bin as queries_of_bin
    from voronka.people.views import bin as views_of_bin

    for module in (queries_of_bin, views_of_bin):
        monkeypatch.setattr(module, "PAGE", 2)
    names = ["Анна", "Борис", "Вера", "Глеб", "Дина"]
    for name in names:
        make_client(inside.owner, name)
    run = bulk.begin_bulk(actor=inside.owner, query="", now=NOON)
    bulk.start_bulk(actor=inside.owner, public_id=run.public_id, action=bulk.read_action(inside.owner, "bin"))
    bulk.run(run.pk)
    browser, address, seen = sign_in(Browser(), inside.owner), "/clients/bin/", []
    for _page in range(3):
        text = browser.get(address).content.decode()
        seen += [name for name in names if f"<td>{name}" in text]
        found = re.search(r'href="(\?before=[^"]+)"', text)
        address = f"/clients/bin/{found[1]}" if found else "/clients/bin/?before=0-0"
    assert sorted(seen) == names


def test_a_held_client_stays_and_the_reason_is_said(
    inside: Cast, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from voronka.kit import stakes

    stake = stakes.Stake("client", "test", frozenset(), hold=lambda ids: dict.fromkeys(ids, "у него ключи"))
    monkeypatch.setattr(stakes, "_stakes", [*stakes._stakes, stake])
    with pytest.raises(Conflict, match="у него ключи"):
        put_away(inside, anna)
    assert Client.objects.filter(pk=anna.pk).exists()
    run = bulk.begin_bulk(actor=inside.owner, query="", now=NOON)
    action = bulk.read_action(inside.owner, "bin")
    assert bulk.preview(inside.owner, run, action).samples[0].why == "у него ключи"
    bulk.start_bulk(actor=inside.owner, public_id=run.public_id, action=action)
    bulk.run(run.pk)
    run.refresh_from_db()
    assert (run.changed, run.left) == (0, {"held": 1})
