"""Personal terms: one agreement of a client at a moment, planned ones, the past kept, the block on his card."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voronka.accounts.testing import NOW, sign_in
from voronka.catalogue import queries, services
from voronka.catalogue.models import ClientTerms
from voronka.catalogue.queries.terms import list_terms, terms_of_client
from voronka.kit.errors import Denied, Invalid, NotFound
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_names = count(1)


def agree(actor, card, percent, *, now=NOW, kind="", since=None, until=None):
    return services.set_terms(
        actor=actor, client=card.public_id, kind=kind, discount_percent=Decimal(percent), now=now, since=since,
        until=until,
    )  # fmt: skip


def test_terms_for_some_days_give_way_to_what_was(inside):
    card = make_client(inside.owner)
    assert agree(inside.owner, card, 5)
    assert agree(inside.owner, card, "12.5", kind="wholesale", since=NOW + DAY, until=NOW + 3 * DAY)
    told = [queries.terms_of(card.pk, NOW + shift) for shift in (-HOUR, 0 * DAY, DAY, 3 * DAY - HOUR, 3 * DAY)]
    assert told == [("", 0), ("", 5), ("wholesale", Decimal("12.5")), ("wholesale", Decimal("12.5")), ("", 5)]
    assert [one.discount_percent for one in terms_of_client(card.pk, NOW)] == [5, Decimal("12.5"), 5]
    event = EventRow.objects.filter(name="catalogue.TermsChanged").order_by("-id").first()
    assert event is not None
    assert (event.client_id, event.payload["price_kind"], event.payload["until"]) == (
        card.pk, "wholesale", (NOW + 3 * DAY).isoformat(),
    )  # fmt: skip


def test_what_is_agreed_already_changes_nothing(inside):
    card = make_client(inside.owner)
    assert agree(inside.owner, card, 5)
    assert not agree(inside.owner, card, 5, now=NOW + DAY)
    assert ClientTerms.objects.count() == 1
    assert not services.end_terms(actor=inside.owner, client=make_client(inside.owner).public_id, now=NOW)


def test_the_past_of_terms_is_kept(inside):
    card = make_client(inside.owner)
    agree(inside.owner, card, 5)
    agree(inside.owner, card, 10, now=NOW + DAY)
    agree(inside.owner, card, 20, now=NOW + DAY, since=NOW + 5 * DAY)
    with pytest.raises(Invalid) as wrong:
        agree(inside.owner, card, 50, now=NOW + DAY, since=NOW)
    assert list(wrong.value.fields) == ["since"]
    with pytest.raises(Invalid):
        agree(inside.owner, card, 50, since=NOW + DAY, until=NOW + DAY)
    assert services.end_terms(actor=inside.owner, client=card.public_id, now=NOW + 2 * DAY)
    assert [queries.terms_of(card.pk, NOW + shift)[1] for shift in (HOUR, DAY, 2 * DAY, 9 * DAY)] == [5, 10, 0, 0]


def test_one_of_several_terms_is_ended(inside):
    card = make_client(inside.owner)
    agree(inside.owner, card, 5)
    agree(inside.owner, card, 20, since=NOW + 5 * DAY)
    first, planned = terms_of_client(card.pk, NOW)
    services.end_terms(actor=inside.owner, client=card.public_id, terms_id=planned.pk, now=NOW + DAY)
    assert queries.terms_of(card.pk, NOW + 9 * DAY) == ("", 0)
    services.end_terms(actor=inside.owner, client=card.public_id, terms_id=first.pk, now=NOW + DAY)
    assert [queries.terms_of(card.pk, NOW + shift)[1] for shift in (HOUR, DAY)] == [5, 0]
    with pytest.raises(NotFound):
        services.end_terms(actor=inside.owner, client=card.public_id, terms_id=first.pk, now=NOW + 2 * DAY)


def test_the_database_keeps_one_agreement_at_a_moment(inside):
    card = make_client(inside.owner)
    ClientTerms.objects.create(client=card, discount_percent=5, until=NOW)
    ClientTerms.objects.create(client=card, discount_percent=6, since=NOW)
    for since, until in ((None, None), (NOW - DAY, NOW - HOUR), (NOW + DAY, NOW + 2 * DAY)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClientTerms.objects.create(client=card, discount_percent=7, since=since, until=until)


hours = st.integers(0, 12)
agreements = st.tuples(hours, st.none() | hours, st.integers(0, 4))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(agreed=st.lists(agreements, max_size=7))
def test_terms_never_overlap_and_each_day_has_what_was_agreed_last(inside, agreed):
    card = make_client(inside.owner, f"Клиент {next(_names)}")
    holds = dict.fromkeys(range(14), 0)
    starts: set[int] = set()
    for begins, ends, percent in agreed:
        if ends is not None and ends <= begins:
            continue
        rows = ClientTerms.objects.filter(client=card, since__gt=NOW + begins * HOUR)
        following = min(((one.since - NOW) // HOUR for one in rows if one.since), default=14)
        last = ends if ends is not None else (following if percent else 14)
        starts.add(begins)
        agree(
            inside.owner, card, percent, since=NOW + begins * HOUR,
            until=None if ends is None else NOW + ends * HOUR,
        )  # fmt: skip
        holds |= dict.fromkeys(range(begins, last), percent)
    assert [queries.terms_of(card.pk, NOW + hour * HOUR)[1] for hour in holds] == list(holds.values())


def test_strangers_and_those_without_the_right_agree_on_nothing(inside):
    card = make_client(inside.owner)
    with pytest.raises(Denied):
        agree(inside.colleague, card, 5)
    with pytest.raises(Denied):
        services.end_terms(actor=inside.colleague, client=card.public_id, now=NOW)
    with company_context(inside.stranger.company_id), pytest.raises(NotFound):
        agree(inside.stranger, card, 5)


def test_the_list_goes_on_page_by_page(inside):
    for percent in range(1, 6):
        agree(inside.owner, make_client(inside.owner, f"Клиент {percent}"), percent)
    found, after = list_terms(inside.owner, NOW, size=3)
    assert [one.discount_percent for one in found] == [5, 4, 3]
    rest, end = list_terms(inside.owner, NOW, before=after, size=3)
    assert ([one.discount_percent for one in rest], end) == ([2, 1], 0)
    assert list_terms(inside.owner, NOW - DAY, size=9)[1] == 0


def test_the_card_agrees_in_place(cast):
    browser = sign_in(Client(), cast.owner)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        card = make_client(cast.owner)
    address = reverse("catalogue:client-terms", args=[card.public_id])
    today = timezone.now().astimezone(cast.owner.zone).date()
    assert "Платит как все" in browser.get(address).text
    sent = {"act": "set", "kind": "wholesale", "discount": "7,5 %", "since": today.isoformat(), "until": ""}
    told = browser.post(address, sent, headers={"HX-Request": "true"})
    assert told.status_code == 200
    assert "−7,5" in told.text
    last = today + timedelta(days=9)
    told = browser.post(address, {"act": "set", "discount": "20", "until": last.isoformat()})
    assert told.status_code == 302
    page = browser.get(address).text
    assert f"{last:%d.%m.%Y}" in page
    for wrong in ({"discount": "101"}, {"discount": "x"}, {"discount": "5", "since": "2001-01-01"}, {"until": "99"}):
        refused = browser.post(address, {"act": "set", **wrong}, headers={"HX-Request": "true"})
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
    assert page.count("−20") == 1
    whole = browser.get(reverse("catalogue:terms")).text
    assert whole.count(card.public_id) == 2
    with company_context(cast.company_id):
        rows = terms_of_client(card.pk, timezone.now())
    for one in rows:
        browser.post(address, {"act": "end", "terms": one.pk})
    assert "Платит как все" in browser.get(address).text
    assert browser.post(address, {"act": "end", "terms": "x"}).status_code == 404
