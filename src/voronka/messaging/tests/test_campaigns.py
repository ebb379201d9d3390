"""Campaigns: each recipient once whatever breaks, paused, stopped, asked about, what they bring."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import translation

from voronka.accounts.models import Notice
from voronka.accounts.services import save_view
from voronka.accounts.testing import Cast, make_company
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.messaging import queries, services
from voronka.messaging.models import Campaign, CampaignGain, Message, MessageStep
from voronka.messaging.ports import Handed
from voronka.messaging.queries import campaigns as asking
from voronka.messaging.queries.campaign_words import asks
from voronka.messaging.rules.campaigns import GRACE
from voronka.messaging.services import campaigns, leaving
from voronka.messaging.services.campaigns import freezing
from voronka.messaging.testing import Post, channel, make_campaign, make_reader
from voronka.people.models import Client, ContactPoint

pytestmark = pytest.mark.django_db
# 12:00 in Moscow.
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def owner(cast: Cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast.owner


@pytest.fixture
def post():
    taken = Post()
    with channel("email", taken):
        yield taken


def reader(name: str = "Анна", **more: object) -> Client:
    client = make_reader(name, at=NOON, **more)
    ContactPoint.objects.create(client=client, kind="email", value=f"c{client.pk}@example.com", position=0)
    return client


def run(row: Campaign, owner, now: datetime = NOON) -> None:
    campaigns.start(actor=owner, public_id=row.public_id, now=now)
    campaigns.look(now=now)


def send(now: datetime = NOON) -> None:
    while services.send_due("email", now=now):
        pass


def states() -> Counter[str]:
    return Counter(Message.objects.filter(cause_kind="campaign").values_list("state", flat=True))


def test_a_campaign_from_its_list_to_its_end(owner, post: Post) -> None:
    clients = [reader(name) for name in ("Анна", "Борис")]
    silent, elsewhere = reader("Немой", agrees=None), reader("Другой")
    Client.objects.filter(pk__in=[one.pk for one in (*clients, silent)]).update(city="Омск")
    view = save_view(actor=owner, subject="client", name="Омск", query="f.city=Омск", now=NOON)
    row = make_campaign(owner, now=NOON, view=view.public_id)
    found = campaigns.check(actor=owner, row=row, now=NOON)
    assert (found.total, found.goes, dict(found.refused)) == (3, 2, {"no_consent": 1})
    assert found.samples == {"no_consent": [silent.pk]}
    assert campaigns.companies_due(NOON) == []
    campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
    assert campaigns.start(actor=owner, public_id=row.public_id, now=NOON).state == "running"
    assert campaigns.companies_due(NOON) == [owner.company_id]
    late = reader("Поздний")
    Client.objects.filter(pk=late.pk).update(city="Омск")  # came after the start: the audience is frozen
    campaigns.look(now=NOON)
    send()
    assert sorted(one.text for one in post.got) == ["Здравствуйте, Анна!", "Здравствуйте, Борис!"]
    campaigns.look(now=NOON + MINUTE)
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("done", NOON + MINUTE)
    assert set(Message.objects.values_list("client_id", "state", "code")) == {
        (clients[0].pk, "accepted", ""), (clients[1].pk, "accepted", ""), (silent.pk, "refused", "no_consent"),
    }  # fmt: skip
    assert not Message.objects.filter(client_id__in=[late.pk, elsewhere.pk]).exists()
    # The card says why, with the campaign's name; two statements, however many messages there are.
    (refused,) = queries.list_messages(silent.pk)
    why = queries.why(refused, owner, NOON)
    assert why == "Campaign “Осень”: did not go: the client never agreed to advertising."
    moves = EventRow.objects.filter(name="messaging.CampaignMoved").order_by("id").values_list("payload", flat=True)
    assert [one["state"] for one in moves] == ["running", "done"]


def test_an_address_on_several_cards_gets_one_letter(owner, post: Post, monkeypatch) -> None:
    def card(name: str, value: str, **more: object) -> Client:
        client = make_reader(name, at=NOON, **more)
        ContactPoint.objects.create(client=client, kind="email", value=value, position=0)
        return client

    silent = card("Молчит", "one@example.com", agrees=None)
    twins = [card(name, "one@example.com") for name in ("Анна", "Анна П.", "А. Петрова")]
    other = card("Борис", "two@example.com")
    row = make_campaign(owner, now=NOON)
    found = campaigns.check(actor=owner, row=row, now=NOON)
    assert (found.goes, dict(found.refused)) == (2, {"no_consent": 1, "same_address": 2})
    monkeypatch.setattr(freezing, "CHUNK", 2)  # they lie in several chunks
    run(row, owner)
    send()
    assert sorted(one.address for one in post.got) == ["one@example.com", "two@example.com"]
    assert dict(Message.objects.values_list("client_id", "code")) == {
        silent.pk: "no_consent", twins[0].pk: "", twins[1].pk: "same_address", twins[2].pk: "same_address",
        other.pk: "",
    }  # fmt: skip


def test_who_may_not_run_changes_nothing(cast: Cast, owner, post: Post) -> None:
    reader()
    row = make_campaign(owner, now=NOON)
    with pytest.raises(Denied):
        campaigns.start(actor=cast.colleague, public_id=row.public_id, now=NOON)
    row.refresh_from_db()
    assert row.state == "draft"
    with pytest.raises(Invalid) as refusal:
        make_campaign(owner, now=NOON, name="", a_minute=0, way="at", view="nosuchview", texts={})
    assert set(refusal.value.fields) == {"name", "a_minute", "starts_at", "view", "template_1"}
    with pytest.raises(Conflict):
        campaigns.resume(actor=owner, public_id=row.public_id, now=NOON)


def test_a_crash_in_the_middle_of_the_freezing_leaves_nobody_out_and_takes_nobody_twice(
    owner, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = [reader(f"К{n}") for n in range(10)]
    monkeypatch.setattr(freezing, "CHUNK", 3)
    row = make_campaign(owner, now=NOON)
    real, calls = freezing.plan, []

    def dies(drafts, *, now):
        ids = real(drafts, now=now)
        calls.append(len(ids))
        if len(calls) in (2, 4):
            raise RuntimeError("killed after its rows, before its checkpoint")
        return ids

    monkeypatch.setattr(freezing, "plan", dies)
    campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
    for _turn in range(3):
        try:
            campaigns.look(now=NOON)
        except RuntimeError:
            send()  # what is frozen may go meanwhile
    row.refresh_from_db()
    assert calls == [3, 3, 3, 3, 3, 1]
    assert row.frozen_at is not None
    send()
    assert Counter(one.client_id for one in post.got) == Counter(one.pk for one in clients)


def test_paused_it_holds_resumed_it_sends_nobody_twice_stopped_the_rest_is_cancelled(owner, post: Post) -> None:
    for n in range(6):
        reader(f"К{n}")
    row = make_campaign(owner, now=NOON)
    run(row, owner)
    services.send_due("email", now=NOON, most=2)
    campaigns.pause(actor=owner, public_id=row.public_id, now=NOON)
    send(NOON + MINUTE)
    assert states() == {"accepted": 2, "held": 4}
    waiting = queries.list_messages(Message.objects.filter(state="held")[0].client_id)[0]
    assert queries.why(waiting, owner, NOON) == "Campaign “Осень”: waits: the campaign is paused."
    assert asking.progress_of(Campaign.objects.get(), NOON).ended == 2
    campaigns.resume(actor=owner, public_id=row.public_id, now=NOON + MINUTE)
    services.send_due("email", now=NOON + MINUTE, most=2)
    campaigns.stop(actor=owner, public_id=row.public_id, now=NOON + 2 * MINUTE)
    send(NOON + 3 * MINUTE)
    assert states() == {"accepted": 4, "cancelled": 2}
    assert set(Counter(one.client_id for one in post.got).values()) == {1}
    gone = Message.objects.filter(state="cancelled").values_list("id", flat=True)
    told = MessageStep.objects.filter(message__in=gone, state="cancelled").values_list("code", flat=True)
    assert list(told) == ["stopped"] * 2
    assert Campaign.objects.get().state == "stopped"


def test_what_was_claimed_at_the_pause_is_not_handed_over_and_what_is_put_off_waits_with_it(
    owner, post: Post
) -> None:
    for n in range(4):
        reader(f"К{n}")
    row = make_campaign(owner, now=NOON)
    run(row, owner)

    def later(one):
        if len(post.got) == 1:  # the first chunk is being handed over: the rest is claimed already
            campaigns.pause(actor=owner, public_id=row.public_id, now=NOON)
        return Handed(one.message_id, "retry", code="smtp_451")

    post.answer = later
    with channel("email", post, chunk=1):
        services.send_due("email", now=NOON)
    assert len(post.got) == 1
    assert states() == {"held": 4}
    campaigns.stop(actor=owner, public_id=row.public_id, now=NOON)
    assert states() == {"cancelled": 4}


def test_each_at_his_own_hour_and_no_more_a_minute_than_asked(owner, post: Post) -> None:
    moscow = [reader(f"М{n}") for n in range(3)]
    far = reader("Дальний", zone="Asia/Vladivostok")  # 19:00 there
    row = make_campaign(owner, now=NOON, way="clock", on_day=date(2026, 11, 2), minute=13 * 60, a_minute=2)
    campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
    campaigns.look(now=NOON)
    due = dict(Message.objects.values_list("client_id", "due_at"))
    assert {due[one.pk] for one in moscow} == {NOON + timedelta(hours=1)}
    assert due[far.pk] == datetime(2026, 11, 3, 3, 0, tzinfo=UTC)  # has passed today: tomorrow
    now = NOON
    while now < NOON + timedelta(hours=1):
        now += 10 * MINUTE
        campaigns.look(now=now)
        send(now)
    assert len(post.got) == 2
    now += MINUTE
    campaigns.look(now=now)
    send(now)
    assert {one.client_id for one in post.got} == {one.pk for one in moscow}
    assert Message.objects.get(client_id=far.pk).state == "held"
    assert Campaign.objects.get().state == "running"


def test_due_while_the_system_was_down_it_asks(owner, post: Post) -> None:
    reader()
    at = NOON + timedelta(hours=1)
    row = make_campaign(owner, now=NOON, way="at", starts_at=at)
    campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
    campaigns.look(now=at - MINUTE)
    assert Campaign.objects.get().state == "scheduled"
    late = at + GRACE + MINUTE
    campaigns.look(now=late)
    row.refresh_from_db()
    assert (row.state, row.asks_why) == ("asks", "overdue")
    assert Notice.objects.filter(code="campaign_asks", subject_id=row.pk).count() == 1
    assert not Message.objects.exists()
    campaigns.answer(actor=owner, public_id=row.public_id, run=True, now=late)
    campaigns.look(now=late)
    send(late)
    assert len(post.got) == 1


def test_a_list_that_is_empty_or_gone_by_its_hour_is_told_with_what_to_do(owner, post: Post) -> None:
    someone, at = reader(), NOON + timedelta(hours=1)
    views = [
        save_view(actor=owner, subject="client", name=f"Омск {n}", query="f.city=Омск", now=NOON) for n in (1, 2)
    ]
    for view in views:
        Client.objects.filter(pk=someone.pk).update(city="Омск")
        row = make_campaign(owner, now=NOON, way="at", starts_at=at, view=view.public_id)
        campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
    Client.objects.filter(pk=someone.pk).update(city="Тула")
    views[1].delete()
    campaigns.look(now=at)
    with translation.override("ru"):
        assert [asks(one.asks_why) for one in Campaign.objects.order_by("id")] == [
            "Список пуст: никто не получит.",
            "Её списка больше нет: остановите её и сделайте копию с другим списком.",
        ]
    assert set(Campaign.objects.values_list("state", flat=True)) == {"asks"}


def test_a_running_one_that_nobody_looked_at_asks_before_anything_goes(owner, post: Post) -> None:
    """A restored backup holds rows that have gone since: nothing of them goes by itself."""
    for n in range(3):
        reader(f"К{n}")
    row = make_campaign(owner, now=NOON)
    run(row, owner)
    services.send_due("email", now=NOON, most=1)
    later = NOON + GRACE + MINUTE
    assert campaigns.hold_left(now=later) == 1
    send(later)
    assert (len(post.got), states()) == (1, Counter({"held": 2, "accepted": 1}))
    campaigns.answer(actor=owner, public_id=row.public_id, run=False, now=later)
    assert states() == {"accepted": 1, "cancelled": 2}
    assert campaigns.hold_left(now=later) == 0


def test_a_campaign_out_of_a_backup_asks_however_fresh_it_is(owner, post: Post) -> None:
    reader()
    row = make_campaign(owner, now=NOON)
    run(row, owner)
    Campaign.objects.update(asks_why="restored")  # as config.backup leaves it
    campaigns.hold_left(now=NOON)
    send()
    assert (post.got, Campaign.objects.get().state) == ([], "asks")


def test_variants_what_came_of_each_and_the_money_of_the_last_touch(owner, post: Post) -> None:
    clients = [reader(f"К{n}") for n in range(8)]
    row = make_campaign(owner, now=NOON, texts={"Первый": 1, "Второй {{ client.city }}": 1})
    assert campaigns.check(actor=owner, row=row, now=NOON).missing == {"client.city": 8}
    run(row, owner)
    send()
    by_client = dict(Message.objects.values_list("client_id", "variant"))
    assert set(by_client.values()) == {1, 2}
    assert {one.text.split()[0] for one in post.got} == {"Первый", "Второй"}
    buyer, leaver = clients[0].pk, clients[1].pk
    gain = campaigns.Gain(("order", 7), buyer, Decimal("1500.00"), NOON + timedelta(days=3))
    assert campaigns.attribute(gain) == row
    campaigns.attribute(gain)
    assert campaigns.attribute(campaigns.Gain(("order", 8), buyer, Decimal(1), NOON + timedelta(days=8))) is None
    assert campaigns.attribute(campaigns.Gain(("order", 9), buyer, Decimal(1), NOON - MINUTE)) is None
    message = Message.objects.get(client_id=leaver)
    leaving.leave(leaving.Leaving(owner.company_id, message.pk), now=NOON)
    whole, *variants = asking.results_of(row)
    assert (whole.planned, whole.handed, whole.accepted, whole.orders, whole.left) == (8, 8, 8, 1, 1)
    assert whole.money == {"RUB": Decimal("1500.00")}
    assert [one.orders for one in variants] == [int(by_client[buyer] == number) for number in (1, 2)]
    assert [one.left for one in variants] == [int(by_client[leaver] == number) for number in (1, 2)]
    # A later campaign takes the next orders; a cancelled order is lost.
    second = make_campaign(owner, now=NOON + MINUTE, name="Вторая")
    run(second, owner, NOON + MINUTE)
    send(NOON + MINUTE)
    assert campaigns.attribute(campaigns.Gain(("order", 10), buyer, Decimal(5), NOON + 2 * MINUTE)) == second
    assert campaigns.restate(("order", 7), is_lost=True)
    assert not campaigns.restate(("order", 8), total=Decimal(3))
    (whole, *_rest) = asking.results_of(row)
    assert (whole.orders, whole.lost, CampaignGain.objects.count()) == (0, 1, 2)


def test_a_text_that_cannot_be_filled_is_refused_for_that_client_alone(owner, post: Post) -> None:
    bad, good = reader("Анна"), reader("Борис")
    Client.objects.filter(pk=bad.pk).update(city="сто")
    Client.objects.filter(pk=good.pk).update(city="100")
    row = make_campaign(owner, now=NOON, text="Скидка {{ client.city | money }}")
    run(row, owner)
    send()
    assert dict(Message.objects.values_list("client_id", "code")) == {bad.pk: "bad_text", good.pk: ""}
    assert [one.client_id for one in post.got] == [good.pk]


def test_a_test_goes_to_oneself_and_counts_for_nothing(cast: Cast, owner, post: Post) -> None:
    client = reader("Анна", agrees=None)
    row = make_campaign(owner, now=NOON)
    (shown,) = campaigns.preview(actor=owner, row=row, client_id=client.pk)
    assert shown.text.body == "Здравствуйте, Анна!"
    address = campaigns.send_test(actor=owner, row=row, client_id=client.pk, now=NOON)
    send()
    assert [(one.address, one.text) for one in post.got] == [(address, "Здравствуйте, Анна!")]
    assert address.startswith("owner-")
    assert asking.results_of(row)[0].planned == 0


def test_copied_changed_and_thrown_away(owner) -> None:
    row = make_campaign(owner, now=NOON, a_minute=60)
    copy = campaigns.copy_campaign(actor=owner, public_id=row.public_id, now=NOON)
    assert (copy.name, copy.a_minute, copy.variants.count()) == ("Осень (copy)", 60, 1)
    template = copy.variants.get().template
    draft = campaigns.CampaignDraft("Зима", "email", [campaigns.VariantDraft(template.public_id)], way="now")
    saved = campaigns.save_campaign(actor=owner, draft=draft, now=NOON, public_id=copy.public_id, version=1)
    assert (saved.name, saved.version) == ("Зима", 2)
    with pytest.raises(Conflict):
        campaigns.save_campaign(actor=owner, draft=draft, now=NOON, public_id=copy.public_id, version=1)
    campaigns.delete_campaign(actor=owner, public_id=copy.public_id, now=NOON)
    assert list(Campaign.objects.values_list("id", flat=True)) == [row.pk]


def test_statements_do_not_grow_with_the_recipients(owner, post: Post) -> None:
    def statements(count: int) -> int:
        for n in range(count):
            reader(f"К{n}")
        row = make_campaign(owner, now=NOON, name=f"На {count}")
        campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
        with connection.execute_wrapper(lambda execute, *given: (seen.append(1), execute(*given))[1]):
            seen: list[int] = []
            freezing.freeze_chunk(row.pk, owner, now=NOON)
        return len(seen)

    assert statements(2) == statements(20)
