"""Several addresses of a client: which is the main one, what follows from it, and what becomes of the others."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit import timeline
from voronka.kit.actors import Access
from voronka.kit.errors import Denied, Invalid, NotFound, Refusal
from voronka.kit.models import Change, EventRow
from voronka.kit.tenancy import company_context
from voronka.people import queries, services
from voronka.people.models import Address, Client
from voronka.people.queries.asked import ask_of
from voronka.people.queries.lists import read_page
from voronka.people.services import AddressDraft
from voronka.people.services.addresses import MOST_ADDRESSES
from voronka.people.testing import NOON, make_client

pytestmark = pytest.mark.django_db
HOME = AddressDraft(label="дом", city="Омск", line="Ленина, 5", postcode="644000")
OFFICE = AddressDraft(label="офис", city="Владивосток", line="Светланская, 1")


@pytest.fixture
def anna(inside: Cast) -> Client:
    return make_client(inside.owner, "Анна", city="Красноярск")


def add(cast: Cast, client: Client, address: AddressDraft, *, is_main: bool = False) -> list[str]:
    return services.add_address(actor=cast.owner, client_id=client.pk, address=address, now=NOON, is_main=is_main)


def held(cast: Cast, client: Client) -> list[str]:
    return [one.words for one in queries.addresses_of(cast.owner, fresh(client))]


def fresh(client: Client) -> Client:
    return Client.objects.get(pk=client.pk)


def row_of(client: Client, line: str) -> str:
    return Address.objects.get(client=client, line=line).public_id


def test_the_main_address_gives_city_and_zone_and_any_may_become_it(inside: Cast, anna: Client) -> None:
    add(inside, anna, AddressDraft(label="дом", city="красноярск", line="Мира, 1"))  # says more of the only one
    add(inside, anna, OFFICE)
    assert held(inside, anna) == ["дом: красноярск, Мира, 1", "офис: Владивосток, Светланская, 1"]
    assert fresh(anna).zone == "Asia/Krasnoyarsk"
    assert add(inside, anna, OFFICE) == []  # he has it: sent twice, nothing happens
    version = fresh(anna).version

    office = row_of(anna, OFFICE.line)
    codes = services.make_main(actor=inside.owner, client_id=anna.pk, address_id=office, now=NOON)
    assert {"addresses", "city", "address", "address_label", "zone"} <= set(codes)
    assert held(inside, anna) == ["офис: Владивосток, Светланская, 1", "дом: красноярск, Мира, 1"]
    assert (fresh(anna).zone, fresh(anna).city, fresh(anna).version) == (
        "Asia/Vladivostok",
        "Владивосток",
        version + 1,
    )
    with pytest.raises(NotFound):  # pressed twice, it does not change places again
        services.make_main(actor=inside.owner, client_id=anna.pk, address_id=office, now=NOON)

    add(inside, anna, HOME, is_main=True)
    assert [one.split(":")[0] for one in held(inside, anna)] == ["дом", "дом", "офис"]
    services.remove_address(actor=inside.owner, client_id=anna.pk, address_id="main", now=NOON)
    assert fresh(anna).city == "красноярск"
    for _n in range(2):
        services.remove_address(actor=inside.owner, client_id=anna.pk, address_id="main", now=NOON)
    assert (held(inside, anna), fresh(anna).city, fresh(anna).zone_source) == ([], "", "company")
    last = EventRow.objects.filter(name="people.ClientChanged").order_by("-id").first()
    assert last is not None
    assert "city" in last.payload["fields"]


def test_a_card_whose_main_address_was_typed_as_another_one_of_his_takes_a_third_one(
    inside: Cast, anna: Client
) -> None:
    add(inside, anna, replace(HOME, label=""))
    add(inside, anna, OFFICE)
    typed = {"city": HOME.city, "address": HOME.line, "address_label": "дом", "postcode": ""}
    for line, words in (
        (OFFICE.line, ["офис: Владивосток, Светланская, 1", "дом: 644000, Омск, Ленина, 5"]),
        (HOME.line, ["дом: 644000, Омск, Ленина, 5"]),  # it is the one that is held twice
    ):
        services.update_client(
            actor=inside.owner, client_id=anna.pk, changes=typed, version=fresh(anna).version, now=NOON
        )
        services.make_main(actor=inside.owner, client_id=anna.pk, address_id=row_of(anna, line), now=NOON)
        assert held(inside, anna) == words


def test_what_cannot_be_an_address_is_said_at_its_place(inside: Cast, anna: Client) -> None:
    add(inside, anna, HOME)
    for wrong, place in (
        (AddressDraft(label="дом"), "line"),
        (AddressDraft(city="я" * 121), "city"),
        (AddressDraft(line="я" * 501), "line"),
    ):
        with pytest.raises(Invalid) as refusal:
            add(inside, anna, wrong)
        assert set(refusal.value.fields) == {place}
    home = row_of(anna, HOME.line)
    for changes in ({"city": "КРАСНОЯРСК", "line": ""}, {"city": "", "line": ""}):
        with pytest.raises(Invalid):
            services.change_address(actor=inside.owner, client_id=anna.pk, address_id=home, changes=changes, now=NOON)
    for n in range(MOST_ADDRESSES - 2):
        add(inside, anna, AddressDraft(line=f"Дом {n}"))
    with pytest.raises(Invalid):
        add(inside, anna, AddressDraft(line="ещё один"))
    with pytest.raises(NotFound):
        services.remove_address(actor=inside.owner, client_id=anna.pk, address_id="нет", now=NOON)


def test_the_timeline_tells_each_address_before_and_after(inside: Cast, anna: Client) -> None:
    add(inside, anna, HOME)
    services.change_address(
        actor=inside.owner,
        client_id=anna.pk,
        address_id=row_of(anna, HOME.line),
        changes={"line": "Мира, 7"},
        now=NOON,
    )
    services.remove_address(actor=inside.owner, client_id=anna.pk, address_id=row_of(anna, "Мира, 7"), now=NOON)
    page, _place = timeline.read_told(anna.pk, actor=inside.owner, tab="changes", limit=3)
    assert [told.text.partition(": ")[2] for _event, told in page] == [
        "дом, 644000, Омск, Мира, 7 → —",
        "дом, 644000, Омск, Ленина, 5 → дом, 644000, Омск, Мира, 7",
        "— → дом, 644000, Омск, Ленина, 5",
    ]
    assert not any("Ленина" in str(row.payload) for row in EventRow.objects.all())
    history = sign_in(Browser(), inside.owner).get(f"/clients/{anna.public_id}/history/")
    assert [(row["before"], row["after"]) for row in history.context["rows"] if "адрес" in row["name"].lower()] == [
        ("дом, 644000, Омск, Мира, 7", "—"),
        ("дом, 644000, Омск, Ленина, 5", "дом, 644000, Омск, Мира, 7"),
    ]


def test_deleted_addresses_are_found_by_their_client_among_many_of_others(inside: Cast, anna: Client) -> None:
    add(inside, anna, HOME)
    services.remove_address(actor=inside.owner, client_id=anna.pk, address_id=row_of(anna, HOME.line), now=NOON)
    boris = make_client(inside.owner, "Борис")
    Address.objects.bulk_create(Address(client=boris, line=f"Дом {n}") for n in range(3_000))
    Address.objects.filter(client=boris).delete()
    assert Change.objects.filter(table="people_address", operation="delete").count() == 3_001
    with connection.cursor() as cursor:
        for _n in range(2):  # the first reads the catalogue of the database as well
            cursor.execute(
                "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT people_gone_addresses(%s, 400)", [[anna.pk]]
            )
            [(plan,)] = cursor.fetchall()
        read = plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]
        assert (plan[0]["Plan"]["Actual Rows"], read < 40) == (1, True), f"{read} pages were read"
        cursor.execute("SELECT people_gone_addresses(%s, 2)", [[anna.pk, boris.pk]])
        newest = Change.objects.filter(table="people_address").order_by("-id").values_list("row_id", flat=True)[:2]
        assert [one for (one,) in cursor.fetchall()] == list(newest)
    with company_context(make_company().company_id), connection.cursor() as cursor:
        cursor.execute("SELECT people_gone_addresses(%s, 400)", [[anna.pk]])
        assert cursor.fetchall() == [], "another company's are not found"


def test_cards_made_one_keep_all_addresses_and_part_with_their_own(inside: Cast, anna: Client) -> None:
    twin = make_client(inside.owner, "Анна", city="Омск", address="Ленина, 5", address_label="дом")
    add(inside, anna, OFFICE)
    add(inside, anna, HOME)
    add(inside, twin, OFFICE)
    add(inside, twin, AddressDraft(label="дача", line="Сосновая, 3"))
    before = held(inside, anna), held(inside, twin)
    run = services.merge_clients(
        actor=inside.owner, survivor_id=anna.pk, other_ids=[twin.pk], chosen={"city": twin.pk}, now=NOON
    )
    assert held(inside, anna) == [
        "дом: 644000, Омск, Ленина, 5",
        "офис: Владивосток, Светланская, 1",
        "дача: Сосновая, 3",
        "Красноярск",
    ]
    services.undo_merge(actor=inside.owner, public_id=run.public_id, now=NOON + timedelta(hours=1))
    assert (sorted(held(inside, anna)), held(inside, twin)) == (sorted(before[0]), before[1])


def test_cards_made_one_lose_no_label_or_postcode_of_an_address_that_both_have(inside: Cast, anna: Client) -> None:
    twin = make_client(inside.owner, "Анна", city="КРАСНОЯРСК", address_label="дом", postcode="660000")
    for card, office in ((anna, replace(OFFICE, label="")), (twin, replace(OFFICE, postcode="690000"))):
        add(inside, card, office)
    add(inside, twin, replace(HOME, label=""))
    third = make_client(inside.owner, "Анна", city=HOME.city, address=HOME.line, address_label="мама")
    before = [held(inside, one) for one in (anna, twin, third)]
    run = services.merge_clients(
        actor=inside.owner, survivor_id=anna.pk, other_ids=[twin.pk, third.pk], chosen={"address": anna.pk}, now=NOON
    )
    assert held(inside, anna) == [
        "дом: 660000, Красноярск",
        "офис: 690000, Владивосток, Светланская, 1",
        "мама: 644000, Омск, Ленина, 5",
    ]
    services.undo_merge(actor=inside.owner, public_id=run.public_id, now=NOON)
    assert [held(inside, one) for one in (anna, twin, third)] == before


def test_cards_with_too_many_addresses_together_are_not_made_one(inside: Cast, anna: Client) -> None:
    twin = make_client(inside.owner, "Анна", city="Омск")
    for n in range(MOST_ADDRESSES - 2):
        add(inside, (anna, twin)[n % 2], AddressDraft(line=f"Дом {n}"))
    run = services.merge_clients(
        actor=inside.owner, survivor_id=anna.pk, other_ids=[twin.pk], chosen={"city": twin.pk}, now=NOON
    )
    assert len(held(inside, anna)) == MOST_ADDRESSES
    services.undo_merge(actor=inside.owner, public_id=run.public_id, now=NOON)
    add(inside, twin, OFFICE)
    add(inside, twin, AddressDraft(line="Дом 0"))  # which the other one has
    with pytest.raises(Refusal) as refusal:
        services.merge_clients(actor=inside.owner, survivor_id=anna.pk, other_ids=[twin.pk], chosen={}, now=NOON)
    assert (refusal.value.code, len(held(inside, twin))) == ("merge_addresses", MOST_ADDRESSES // 2 + 2)


def test_cards_parted_again_lose_nothing_that_was_typed_into_a_kept_address(inside: Cast, anna: Client) -> None:
    twins = [make_client(inside.owner, "Анна", city=city) for city in ("Омск", "Казань")]
    run = services.merge_clients(
        actor=inside.owner, survivor_id=anna.pk, other_ids=[one.pk for one in twins], chosen={}, now=NOON
    )
    kept = Address.objects.get(client=anna, city="Омск").public_id
    services.change_address(
        actor=inside.owner, client_id=anna.pk, address_id=kept, changes={"line": "Мира, 7, код 45"}, now=NOON
    )
    services.undo_merge(actor=inside.owner, public_id=run.public_id, now=NOON)
    assert held(inside, anna) == ["Красноярск", "Омск, Мира, 7, код 45"]
    assert [held(inside, one) for one in twins] == [["Омск"], ["Казань"]]


def test_an_erased_client_leaves_no_address(inside: Cast, anna: Client) -> None:
    add(inside, anna, HOME)
    services.change_address(
        actor=inside.owner,
        client_id=anna.pk,
        address_id=row_of(anna, HOME.line),
        changes={"line": "Мира, 7"},
        now=NOON,
    )
    services.bin_client(actor=inside.owner, client_id=anna.pk, now=NOON)
    services.erase_old(now=NOON + timedelta(days=31))
    gone = Client.with_binned.get(pk=anna.pk)
    assert (gone.city, gone.address, gone.address_label, gone.postcode) == ("", "", "", "")
    assert not Address.objects.exists()
    assert not any(row.before for row in Change.objects.filter(table="people_address"))


def test_an_erased_client_leaves_nothing_of_the_cards_that_were_joined_to_his(inside: Cast, anna: Client) -> None:
    add(inside, anna, OFFICE)
    cards = [make_client(inside.owner, "Скрытная", email="hidden@mail.ru", city="Тверь") for _n in range(2)]
    for one in cards:
        add(inside, one, OFFICE)  # the survivor has it: the row of the joined card is dropped
    join = partial(services.merge_clients, actor=inside.owner, chosen={}, now=NOON)
    parted = join(survivor_id=anna.pk, other_ids=[make_client(inside.owner, "Вера", city="Калуга").pk])
    services.undo_merge(actor=inside.owner, public_id=parted.public_id, now=NOON)
    join(survivor_id=cards[1].pk, other_ids=[cards[0].pk])
    join(survivor_id=anna.pk, other_ids=[cards[1].pk])
    services.bin_client(actor=inside.owner, client_id=anna.pk, now=NOON)
    services.erase_old(now=NOON + timedelta(days=31))
    left = " ".join(str(row.before) for row in Change.objects.all())
    for word in ("Скрытная", "hidden@mail.ru", "Тверь", "Светланская"):
        assert word not in left
    assert "Калуга" in left  # who was parted again is not erased


def test_lists_find_by_any_address_and_files_hold_all(inside: Cast, anna: Client) -> None:
    boris = make_client(inside.owner, "Борис", city="Владивосток")
    add(inside, anna, OFFICE)
    for query, names in (
        ("f.city=Владивосток", ["Борис"]),
        ("f.addresses=Владивосток", ["Анна", "Борис"]),
        ("f.addresses=Красно", ["Анна"]),
        ("f.addresses:empty=yes", []),
    ):
        page = read_page(inside.owner, ask_of(QueryDict(f"{query}&sort=name")))
        assert [row.client.name for row in page.rows] == names, query
    counts = []
    for _n in range(2):
        with CaptureQueriesContext(connection) as told:
            read_page(inside.owner, ask_of(QueryDict("sort=name")), with_addresses=True)
        counts.append(len(told))
        add(inside, boris, HOME)
    assert counts[0] == counts[1]
    file = sign_in(Browser(), inside.owner).get("/clients/export.csv?columns=addresses&sort=name")
    text = b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]  # the file of an export
    assert "Красноярск; офис: Владивосток, Светланская, 1" in text


def test_who_may_not_see_addresses_sees_and_changes_none(inside: Cast, anna: Client) -> None:
    add(inside, anna, AddressDraft(label="дом", line="Мира, 1"))
    add(inside, anna, OFFICE)
    no_lines = replace(inside.owner, limits={"client.address": Access.HIDDEN})
    no_cities = replace(inside.owner, limits={"client.city": Access.HIDDEN})
    reader = replace(inside.owner, limits={"client.address": Access.READ})
    assert [one.words for one in queries.addresses_of(no_lines, fresh(anna))] == ["Красноярск", "Владивосток"]
    assert [one.words for one in queries.addresses_of(no_cities, fresh(anna))] == [
        "дом: Мира, 1",
        "офис: Светланская, 1",
    ]
    assert [one.words for one in queries.addresses_of(reader, fresh(anna))] == held(inside, anna)
    for actor in (no_lines, no_cities):
        assert read_page(actor, ask_of(QueryDict("f.addresses=Владивосток"))).problems
    for actor in (no_lines, no_cities, reader):
        with pytest.raises(Denied):
            services.add_address(actor=actor, client_id=anna.pk, address=HOME, now=NOON)
        with pytest.raises(Denied):
            services.make_main(actor=actor, client_id=anna.pk, address_id=row_of(anna, OFFICE.line), now=NOON)
    page, _place = timeline.read_told(anna.pk, actor=no_lines, tab="changes", limit=9)
    assert not any("Светланская" in told.text or "офис" in told.text for _event, told in page)


def test_addresses_are_kept_on_the_card_without_leaving_it(cast: Cast) -> None:
    browser = sign_in(Browser(), cast.owner)
    with company_context(cast.company_id):
        anna = make_client(cast.owner, "Анна", city="Красноярск")
    save, act = f"/clients/{anna.public_id}/addresses/", f"/clients/{anna.public_id}/addresses/act/"
    htmx = {"HX-Request": "true"}

    form = browser.get(f"{save}?address=new", headers=htmx).content.decode()
    assert 'name="line"' in form
    assert "<html" not in form
    sent = {"address": "new", "label": "офис", "city": "Владивосток", "line": "Светланская, 1", "postcode": "690000"}
    shown = browser.post(save, sent, headers=htmx)
    assert "Светланская, 1" in shown.content.decode()
    assert "HX-Refresh" not in shown.headers
    empty = browser.post(save, {"address": "new", "label": "никуда"}, headers=htmx)
    assert empty.status_code == 200
    assert 'value="никуда"' in empty.content.decode()
    tick = r'name="is_main"\s+value="1"\s+checked'
    assert not re.search(tick, empty.content.decode())
    empty = browser.post(save, {"address": "new", "label": "никуда", "is_main": "1"}, headers=htmx)
    assert re.search(tick, empty.content.decode())

    office = ids_in(shown.content.decode())[-1]
    moved = browser.post(act, {"address": office, "act": "main"}, headers=htmx)
    assert moved.headers["HX-Refresh"] == "true"  # the clock is of another zone
    again = browser.post(act, {"address": office, "act": "main"}, headers=htmx)
    assert again.status_code == 200
    assert 'role="alert"' in again.content.decode()
    page = browser.get(f"/clients/{anna.public_id}/").content.decode()
    assert page.index("690000, Владивосток, Светланская, 1") < page.index(">Красноярск<")

    with company_context(cast.company_id):
        seen = fresh(anna).version
    typed = {"address": "main", "label": "склад", "city": "Омск", "line": "Мира, 2", "version": seen}
    changed = browser.post(save, typed)
    assert changed.status_code == 302  # without script the card is shown anew
    browser.post(act, {"address": ids_in(page)[-1], "act": "remove"})
    with company_context(cast.company_id):
        assert held(cast, anna) == ["склад: Омск, Мира, 2"]


def test_what_was_the_main_address_on_a_page_is_not_another_one_by_now(cast: Cast) -> None:
    browser, htmx = sign_in(Browser(), cast.owner), {"HX-Request": "true"}
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        anna = make_client(cast.owner, "Анна", city="Красноярск")
        add(cast, anna, OFFICE)
        add(cast, anna, HOME)
    save, act = f"/clients/{anna.public_id}/addresses/", f"/clients/{anna.public_id}/addresses/act/"
    page = browser.get(f"{save}?address=main", headers=htmx).content.decode()
    seen = re.findall(r'name="version"\s+value="(\d+)"', page)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        card = fresh(anna)
        assert set(seen) == {str(card.version)}
        services.update_client(
            actor=cast.owner, client_id=anna.pk, changes={"comment": "любит чай"}, version=card.version, now=NOON
        )
    sent = {"address": "main", "act": "remove", "version": seen[0]}
    browser.post(act, sent, headers=htmx)  # what else was changed on the card does not matter
    twice = browser.post(act, sent, headers=htmx).content.decode()
    assert 'role="alert"' in twice
    late = browser.post(save, {**sent, "label": "склад", "line": "Мира, 2"}, headers=htmx).content.decode()
    assert 'value="Мира, 2"' in late, "what was typed is not lost"
    assert 'name="address" value="new"' in late
    with company_context(cast.company_id):
        assert held(cast, anna) == ["офис: Владивосток, Светланская, 1", "дом: 644000, Омск, Ленина, 5"]


def ids_in(text: str) -> list[str]:
    return re.findall(r'name="address" value="(\w+)"', text)
