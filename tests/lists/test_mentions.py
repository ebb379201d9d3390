"""Mentions and the notices that follow from them."""

import pytest
from django.test import Client as Browser

from voronka.accounts import services
from voronka.accounts.models import Notice
from voronka.accounts.queries.notices import list_notices, unread_count
from voronka.accounts.testing import NOW, Cast, make_company, sign_in
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.people import services as people
from voronka.people.testing import NOON, make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_company()


def note(cast: Cast, text: str, **draft: object) -> object:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        client = make_client(cast.owner, "Смирнова", **draft)
        return people.add_note(actor=cast.owner, client_id=client.pk, text=text, now=NOON)


def test_a_mention_tells_the_colleague_once_and_nobody_else(cast: Cast) -> None:
    note(cast, f"@{cast.colleague.name} позвони ей, @{cast.colleague.name}! И @{cast.owner.name} тоже")
    with company_context(cast.company_id):
        page = list_notices(cast.colleague)
        assert [(one.told.what, one.told.more[:1]) for one in page.rows] == [
            (f"{cast.owner.name} mentioned you: Смирнова", "@")
        ]
        assert unread_count(cast.colleague) == 1
        assert unread_count(cast.owner) == 0
        told = EventRow.objects.get(name="accounts.NoticeGiven")
        assert told.payload["to_employee_id"] == cast.colleague.employee_id


def test_who_may_not_see_the_client_is_not_told(cast: Cast) -> None:
    kept = note(cast, f"@{cast.colleague.name}", responsible_id=cast.owner.employee_id)
    with company_context(cast.company_id):
        assert not Notice.objects.exists()
        missed = people.unreached(actor=cast.owner, client_id=kept.client_id, text=f"@{cast.colleague.name}")
        assert missed == [cast.colleague.name]


def test_a_notice_tells_nothing_once_the_client_is_out_of_reach(cast: Cast) -> None:
    kept = note(cast, f"@{cast.colleague.name}")
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        people.update_client(
            actor=cast.owner, client_id=kept.client_id, changes={"responsible_id": cast.owner.employee_id},
            version=1, now=NOON,
        )  # fmt: skip
        told = list_notices(cast.colleague).rows[0].told
    assert "Смирнова" not in told.what + told.more
    assert told.url == ""


def test_the_page_marks_what_is_read_and_the_bell_counts(cast: Cast) -> None:
    note(cast, f"@{cast.colleague.name}")
    browser = sign_in(Browser(), cast.colleague)
    text = browser.get("/notices/").content.decode()
    assert "is-new" in text
    assert 'data-due="1"' in browser.get("/reminders/due").content.decode()
    with company_context(cast.company_id):
        row = Notice.objects.get()
    stranger = sign_in(Browser(), cast.owner)
    stranger.post("/notices/read/", {"id": row.public_id})
    with company_context(cast.company_id):
        assert unread_count(cast.colleague) == 1
    there = browser.post("/notices/read/", {"id": row.public_id, "to": "/clients/"})
    assert there.headers["Location"] == "/clients/"
    assert "is-new" not in browser.get("/notices/").content.decode()
    for away in ("https://evil.example/", "//evil.example/", "/\\evil.example", "nowhere", "?", "accounts:nowhere"):
        assert browser.post("/notices/read/", {"to": away}).headers["Location"] == "/notices/"


def test_colleagues_are_offered_by_any_of_their_names(cast: Cast) -> None:
    browser = sign_in(Browser(), cast.owner)
    names = [one["name"] for one in browser.get("/colleagues/?q=man").json()["people"]]
    assert names == [cast.colleague.name]
    assert browser.get("/colleagues/?q=zzz").json() == {"people": []}
    assert cast.owner.name not in [one["name"] for one in browser.get("/colleagues/").json()["people"]]


def test_the_same_cause_is_told_once(cast: Cast) -> None:
    with company_context(cast.company_id):
        tell = {"employee_ids": [cast.colleague.employee_id], "code": "mention", "subject_kind": "client"}
        given = [
            services.notify(**tell, subject_id=7, detail_id=1, by=cast.owner.employee_id, now=NOW)
            for _turn in range(2)
        ]
    assert given == [1, 0]
