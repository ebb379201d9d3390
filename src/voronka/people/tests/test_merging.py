"""Cards joined by hand: what is chosen, what is refused, where old links lead, what the pages do."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser

from voronka.accounts.testing import Cast, add_person, make_company, sign_in
from voronka.kit import timeline
from voronka.kit.actors import Access
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound, Refusal
from voronka.kit.events import RecordedEvent
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.people import jobs, queries, services, subscribers
from voronka.people.models import Client, LikelyPair, MergedCard, MergeRun, NotDuplicates
from voronka.people.queries.history import list_changes
from voronka.people.services import NewerMerge, doubles
from voronka.people.services.doubles import find_all_pairs, refresh_pairs
from voronka.people.testing import NOON, make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_company()


def join(cast: Cast, survivor: Client, *others: Client, **chosen: int | str) -> MergeRun:
    return services.merge_clients(
        actor=cast.owner, survivor_id=survivor.pk, other_ids=[one.pk for one in others], chosen=chosen, now=NOON
    )


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]  # an answer of the test browser


def test_the_fullest_values_are_taken_unless_others_are_chosen(cast: Cast) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        first = make_client(cast.owner, "Анна", phone="+79130000001", comment="А", city="Омск")
        second = make_client(
            cast.owner, "Смирнова Анна Петровна", phone="+79130000002", comment="Б", city="Казань", is_vip=True,
            now=NOON - timedelta(days=9),
        )  # fmt: skip
        join(cast, first, second, city=second.pk)
        first.refresh_from_db()
        assert (first.name, first.last_name) == ("Смирнова Анна Петровна", "Смирнова")
        assert (first.city, first.comment, first.is_vip) == ("Казань", "А\nБ", True)
        assert first.made_at == NOON - timedelta(days=9)
        assert [one.value for one in queries.list_contacts(cast.owner, [first.pk])[first.pk]] == [
            "+79130000001",
            "+79130000002",
        ]
        found = services.likely_duplicates(
            actor=cast.owner,
            draft=services.ClientDraft(contacts=(services.ContactDraft(kind="phone", value="+79130000002"),)),
        )
        assert [one.client.pk for one in found] == [first.pk]


def test_old_links_and_old_events_lead_to_the_card_that_stays(cast: Cast) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        first, second, third = (make_client(cast.owner, f"Клиент {n}") for n in range(3))
        for n, one in enumerate((second, first, third, second)):
            services.add_note(actor=cast.owner, client_id=one.pk, text=f"Заметка {n}", now=NOON)
        join(cast, second, third)
        join(cast, first, second)
        assert queries.get_client(cast.owner, third.public_id).pk == first.pk
        assert queries.client_names([third.pk, first.pk]) == dict.fromkeys([third.pk, first.pk], first.name)
        assert queries.public_ids("client", [third.pk])[third.pk] == third.public_id
        assert queries.get_client_row(second.pk).pk == first.pk
        assert queries.lock_client(third.pk) == first.pk
        page, place = timeline.read_told(first.pk, actor=cast.owner, tab="notes", limit=3)
        more, end = timeline.read_told(first.pk, actor=cast.owner, tab="notes", limit=3, before=place)
        assert [told.text for _event, told in [*page, *more]] == [f"Заметка {n}" for n in (3, 2, 1, 0)]
        assert end is None
        assert timeline.counts(first.pk)["notes"] == 4
        assert timeline.counts(third.pk)["notes"] == 1  # the log itself was not rewritten


def test_what_cannot_be_joined_is_said_and_changes_nothing(cast: Cast) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        person, other = make_client(cast.owner, "Анна"), make_client(cast.owner, "Анна")
        firm = make_client(cast.owner, "ООО Ромашка", kind="organisation")
        crowd = [make_client(cast.owner, f"Клиент {n}") for n in range(10)]
        gone = make_client(cast.owner, "Gone")
        full = [
            make_client(
                cast.owner, "Много",
                contacts=tuple(services.ContactDraft(kind="phone", value=f"+79130000{n}{m:02d}") for m in range(20)),
            )
            for n in range(2)
        ]  # fmt: skip
        join(cast, other, gone)
        versions = dict(Client.objects.values_list("pk", "version"))
        for survivor, others, kind, code in (
            (person, [person], Invalid, "merge_count"),
            (person, crowd, Invalid, "merge_count"),
            (person, [firm], Refusal, "merge_kinds"),
            (full[0], [full[1]], Refusal, "merge_contacts"),
            (person, [gone], Conflict, "merged_meanwhile"),
            (gone, [person], Conflict, "merged_meanwhile"),
        ):
            with pytest.raises(kind) as refusal:
                join(cast, survivor, *others)
            assert refusal.value.code == code
        for chosen in ({"city": firm.pk}, {"moon": person.pk}, {"city": "both"}):
            with pytest.raises(Invalid):
                join(cast, person, other, **chosen)  # type: ignore[arg-type]  # wrong on purpose
        with pytest.raises(Conflict) as late:
            services.merge_clients(
                actor=cast.owner, survivor_id=person.pk, other_ids=[other.pk], chosen={}, now=NOON,
                seen={other.pk: other.version},
            )  # fmt: skip
        assert late.value.code == "card_changed"
        assert dict(Client.objects.values_list("pk", "version")) == versions
        assert MergeRun.objects.count() == 1


def test_everyone_joins_within_reach_only(cast: Cast) -> None:
    reader = add_person(cast.owner, "reader")
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        mine = make_client(cast.owner, "Анна", responsible_id=cast.colleague.employee_id)
        foreign = make_client(cast.owner, "Анна", responsible_id=cast.owner.employee_id)
        common = make_client(cast.owner, "Анна")
        for actor, other, kind in ((cast.colleague, foreign, NotFound), (reader, common, Denied)):
            with pytest.raises(kind):
                services.merge_clients(actor=actor, survivor_id=mine.pk, other_ids=[other.pk], chosen={}, now=NOON)
        run = services.merge_clients(
            actor=cast.colleague, survivor_id=mine.pk, other_ids=[common.pk], chosen={}, now=NOON
        )
        with pytest.raises(Denied):
            services.undo_merge(actor=reader, public_id=run.public_id, now=NOON)
        assert Client.objects.filter(pk=foreign.pk).exists()
        assert not Client.objects.filter(pk=common.pk).exists()
    with company_context(cast.other_company_id), pytest.raises(NotFound):
        services.undo_merge(actor=cast.stranger, public_id=run.public_id, now=NOON)


def test_merges_are_taken_back_the_last_one_first(cast: Cast) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        first, second, third = (make_client(cast.owner, f"Клиент {n}") for n in range(3))
        older = join(cast, second, third)
        newer = join(cast, first, second)
        with pytest.raises(NewerMerge) as refusal:
            services.undo_merge(actor=cast.owner, public_id=older.public_id, now=NOON)
        assert refusal.value.newer == newer
        for run in (newer, newer, older):  # a repeated undo is harmless
            services.undo_merge(actor=cast.owner, public_id=run.public_id, now=NOON)
        assert Client.objects.count() == 3
        assert not MergedCard.objects.exists()
        again = join(cast, second, third)
        MergeRun.objects.filter(pk=again.pk).update(plan={})
        with pytest.raises(Conflict) as erased:
            services.undo_merge(actor=cast.owner, public_id=again.public_id, now=NOON)
        assert erased.value.code == "erased"


def test_the_history_of_a_parted_card_goes_on(cast: Cast) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        first, second = make_client(cast.owner, "Анна"), make_client(cast.owner, "Анна", city="Омск")
        services.update_client(actor=cast.owner, client_id=second.pk, changes={"city": "Казань"}, version=1, now=NOON)
        run = join(cast, first, second)
        services.undo_merge(actor=cast.owner, public_id=run.public_id, now=NOON)
        second = Client.objects.get(pk=second.pk)
        services.update_client(
            actor=cast.owner, client_id=second.pk, changes={"city": "Тверь"}, version=second.version, now=NOON
        )
        cities = [(one.before, one.after) for one in list_changes(Client.objects.get(pk=second.pk), cast.owner)
                  if one.field == "city"]  # fmt: skip
        assert cities == [("Казань", "Тверь"), ("Омск", "Казань")]


def test_doubles_are_found_kept_current_and_settled(cast: Cast) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        first = make_client(cast.owner, "Смирнова Анна Петровна", phone="+79130000001")
        second = make_client(cast.owner, "Смирнова Анна", phone="+79130000001")
        third = make_client(cast.owner, "Петров Иван", phone="+79130000001")  # the same phone, another name
        assert find_all_pairs() == find_all_pairs()
        pair = LikelyPair.objects.get()
        assert (pair.one_id, pair.other_id, "phone" in pair.signs) == (first.pk, second.pk, True)
        services.update_client(
            actor=cast.owner, client_id=third.pk, changes={"name": "Смирнова Аня"}, version=1, now=NOON
        )
        hear(third)
        assert LikelyPair.objects.count() == 3
        services.mark_different(actor=cast.owner, one_id=third.pk, other_id=first.pk)
        assert LikelyPair.objects.count() == 2
        refresh_pairs([first.pk, third.pk])
        assert LikelyPair.objects.count() == 2
        run = join(cast, first, second)
        hear(first)
        assert not LikelyPair.objects.exists()  # what was said about one card holds for the joined one
        assert NotDuplicates.objects.count() == 1
        services.undo_merge(actor=cast.owner, public_id=run.public_id, now=NOON)
        hear(first)
        hear(second)
        assert LikelyPair.objects.count() == 2


def test_a_large_base_is_searched_in_parts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doubles, "CHUNK", 2)
    monkeypatch.setattr(jobs, "SEARCH_SECONDS", 0)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        cards = [make_client(cast.owner, "Смирнова Анна", phone="+79130000001") for _each in range(4)]
        LikelyPair.objects.all().delete()
        waiting: list[dict[str, int]] = [{}]
        parts = 0
        while waiting:
            jobs.doubles_job(**waiting[0])
            parts += 1
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM procrastinate_jobs WHERE task_name = 'people.find_doubles' RETURNING args ->> 'after'"
                )
                waiting = [{"after": int(after)} for (after,) in cursor.fetchall()]
        assert parts == 3, "two cards a part, and one that finds nobody further"
        assert LikelyPair.objects.count() == len(cards) * (len(cards) - 1) / 2


def hear(client: Client) -> None:
    """Let the listener hear the newest event of a card."""
    row = EventRow.objects.filter(client_id=client.pk).order_by("-id").first()
    assert row is not None
    subscribers.find_doubles(
        RecordedEvent(
            row.pk, row.company_id, row.name, row.at, None, uuid.uuid4(), "client", client.pk, client.pk, row.payload
        )
    )


def test_the_timeline_is_searched_in_its_words_and_tells_what_changed(
    cast: Cast, django_assert_num_queries: Callable[[int], object]
) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        services.add_field(actor=cast.owner, name="Бюджет", kind="number", code="budget")
        client, other = make_client(cast.owner, "Анна", city="Омск"), make_client(cast.owner, "Анна")
        for n in range(30):
            words = "Хочет <b>ёлку</b>" if n % 10 == 0 else f"Слово {n}"
            services.add_note(actor=cast.owner, client_id=(other if n < 15 else client).pk, text=words, now=NOON)
        services.update_client(
            actor=cast.owner, client_id=client.pk, version=1, now=NOON,
            changes={"city": "Казань", "birthday": "03.05.1990", "fields": {"budget": "100"}},
        )  # fmt: skip
        services.set_custom_fields(actor=cast.owner, client_id=client.pk, values={"budget": "200"}, now=NOON)
        join(cast, client, other)
        found, place = timeline.find_told(client.pk, "  елку", actor=cast.owner)
        assert ([told.text for _event, told in found], place) == (["Хочет <b>ёлку</b>"] * 3, None)
        first, place = timeline.find_told(client.pk, "ЁЛКУ", actor=cast.owner, limit=2)
        rest, end = timeline.find_told(client.pk, "ЁЛКУ", actor=cast.owner, before=place)
        assert ([*first, *rest], end) == (found, None)
        assert timeline.find_told(client.pk, "ёлку", actor=cast.owner, tab="changes") == ([], None)
        told = [one.text for _event, one in timeline.read_told(client.pk, actor=cast.owner, tab="changes")[0]]
        assert "Бюджет: 100 → 200" in told
        assert "День рождения: — → 03.05.1990\nГород: Омск → Казань\nБюджет: — → 100" in told or (
            "Birthday: — → 03.05.1990\nCity: Омск → Казань\nБюджет: — → 100" in told
        )
        narrow = cast.owner.__class__(
            **{name: getattr(cast.owner, name) for name in cast.owner.__dataclass_fields__}
            | {"limits": {"client.city": Access.HIDDEN}}
        )
        assert "Омск" not in str(timeline.read_told(client.pk, actor=narrow))
        with django_assert_num_queries(6):
            timeline.read_told(client.pk, actor=cast.owner)
    page = text_of(sign_in(Browser(), cast.owner).get(f"/clients/{client.public_id}/feed/?q=ёлку"))
    assert page.count("ёлку&lt;") == 3
    boosted = {"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "v-feed"}
    feed = sign_in(Browser(), cast.owner).get(f"/clients/{client.public_id}/feed/?find=1", headers=boosted)
    assert 'id="v-feed-q"' in text_of(feed)
    assert "<html" not in text_of(feed)


def test_a_page_of_ten_thousand_entries_asks_as_little_as_one_of_ten(
    cast: Cast, django_assert_num_queries: Callable[[int], object]
) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        client, joined = make_client(cast.owner), make_client(cast.owner)
        join(cast, client, joined)
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH made AS (INSERT INTO people_note (company_id, client_id, text, at)"
                " SELECT %(company)s, %(client)s, n::text, now() FROM generate_series(1, 10000) n RETURNING id, text)"
                " INSERT INTO kit_event (company_id, name, at, subject_kind, subject_id, client_id, payload)"
                " SELECT %(company)s, 'people.NoteAdded', now(), 'client', c, c, jsonb_build_object('note_id', m.id)"
                " FROM made m CROSS JOIN LATERAL (SELECT (%(ids)s::bigint[])[1 + m.text::int %% 2] AS c) x"
                " ORDER BY m.text::int",
                {"company": cast.company_id, "client": client.pk, "ids": [client.pk, joined.pk]},
            )
        with django_assert_num_queries(2):  # the events, their notes
            pairs, place = timeline.read_told(client.pk, actor=cast.owner, tab="notes")
        with django_assert_num_queries(2):
            more, _place = timeline.read_told(client.pk, actor=cast.owner, tab="notes", before=place)
        assert [told.text for _event, told in [*pairs, *more]] == [str(n) for n in range(10_000, 9_900, -1)]
        with django_assert_num_queries(1):
            assert timeline.counts(client.pk)["notes"] > 900  # of the newest thousand


# -- pages ------------------------------------------------------------------------------------------------------


def test_cards_are_joined_and_parted_on_the_page(
    cast: Cast, django_assert_num_queries: Callable[[int], object]
) -> None:
    browser = sign_in(Browser(), cast.owner)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        first = make_client(cast.owner, "Смирнова Анна", phone="+79130000001", city="Омск")
        second = make_client(cast.owner, "Смирнова Анна Петровна", email="a@example.ru", city="Казань")
    address = f"/clients/merge/?ids={first.public_id},{second.public_id}"
    page = text_of(browser.get(address))
    assert 'name="choice-city"' in page
    assert 'name="choice-birthday"' not in page
    sent = {
        "ids": f"{first.public_id},{second.public_id}", "survivor": first.public_id,
        "choice-city": second.public_id, "seen": [f"{first.public_id}:1", f"{second.public_id}:1"],
    }  # fmt: skip
    for wrong in ({"choice-city": "nobody"}, {"choice-nothing": first.public_id}):
        assert browser.post("/clients/merge/", sent | wrong).status_code == 422
    stale = text_of(browser.post("/clients/merge/", sent | {"seen": f"{first.public_id}:7"}))
    assert "changed while you were looking" in stale or "изменили, пока вы смотрели" in stale
    joined = browser.post("/clients/merge/", sent)
    assert joined.status_code == 302
    run_page = text_of(browser.get(joined.url))  # type: ignore[attr-defined]  # a redirect
    assert f"/clients/{first.public_id}/" in run_page
    assert browser.get(f"/clients/{second.public_id}/").url == f"/clients/{first.public_id}/"  # type: ignore[attr-defined]  # a redirect
    card = text_of(browser.get(f"/clients/{first.public_id}/"))
    assert all(words in card for words in ("Казань", "a@example.ru", joined.url))  # type: ignore[attr-defined]  # a redirect
    again = browser.post("/clients/merge/", sent)
    assert again.status_code in (200, 409)  # one card is left: it asks for another one
    back = browser.post(joined.url + "undo/")  # type: ignore[attr-defined]  # a redirect
    assert back.status_code == 302
    assert browser.get(f"/clients/{second.public_id}/").status_code == 200
    with django_assert_num_queries(40):
        browser.get(address)


def test_the_list_of_doubles_settles_a_pair_by_one_press(cast: Cast) -> None:
    browser = sign_in(Browser(), cast.owner)
    htmx = {"HX-Request": "true"}
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        cards = [make_client(cast.owner, "Смирнова Анна Петровна", phone="+79130000001") for _n in range(3)]
        refresh_pairs([one.pk for one in cards])
    page = text_of(browser.get("/clients/duplicates/"))
    assert page.count('data-pair-key="KeyM"') == 3
    card = text_of(browser.get(f"/clients/{cards[0].public_id}/"))
    assert card.count(f"/clients/merge/?ids={cards[0].public_id},") == 2
    ids = f"{cards[0].public_id},{cards[1].public_id}"
    answer = text_of(browser.post("/clients/duplicates/merge/", {"ids": ids}, headers=htmx))
    assert "/undo/" in answer
    ids = f"{cards[1].public_id},{cards[2].public_id}"  # the joined one stands for its survivor
    assert "data-pair=" not in text_of(browser.post("/clients/duplicates/different/", {"ids": ids}, headers=htmx))
    with company_context(cast.company_id):
        assert NotDuplicates.objects.get().one_id == cards[0].pk
        assert Client.objects.count() == 2
    assert browser.post("/clients/duplicates/").status_code == 302
    assert sign_in(Browser(), cast.stranger).get(f"/clients/merge/?ids={ids}").status_code == 404
