"""Campaigns: each recipient once whatever breaks, paused, stopped, asked about, what they bring."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client as Browser
from django.utils import translation

from voronka.accounts.models import Notice
from voronka.accounts.services import drop_view, save_view
from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.messaging import jobs, queries, services
from voronka.messaging.models import (
    Campaign,
    CampaignCheck,
    CampaignGain,
    Message,
    MessageClaim,
    MessageStep,
    MessageTouch,
)
from voronka.messaging.ports import Handed, Outgoing
from voronka.messaging.queries import campaigns as asking
from voronka.messaging.queries import touches
from voronka.messaging.queries.campaign_words import asks
from voronka.messaging.rules.campaigns import GRACE
from voronka.messaging.services import campaigns, leaving
from voronka.messaging.services.campaigns import checking, freezing, looking
from voronka.messaging.services.campaigns.programs import resume_named
from voronka.messaging.services.row_writing import claim_rows
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


class Killed(BaseException):
    """The end of a process: what catches faults does not see it."""


def test_a_campaign_that_breaks_keeps_none_behind_it_from_its_clients(owner, post: Post, monkeypatch) -> None:
    reader("Анна")
    broken, other = make_campaign(owner, now=NOON, name="Первая"), make_campaign(owner, now=NOON, name="Вторая")
    for row in (broken, other):
        campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
    real = looking.freeze_chunk

    def breaks(pk: int, *rest: object, **more: object) -> bool:
        if pk == broken.pk:
            raise RuntimeError("a fault of ours")
        return real(pk, *rest, **more)

    monkeypatch.setattr(looking, "freeze_chunk", breaks)
    campaigns.look(now=NOON)
    assert set(Message.objects.filter(cause_kind="campaign").values_list("cause_id", flat=True)) == {other.pk}


def test_a_campaign_that_breaks_asks_a_person_at_once_and_one_that_the_database_stopped_is_looked_at_again(
    owner, post: Post, monkeypatch
) -> None:
    reader("Анна")
    row = make_campaign(owner, now=NOON)
    campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
    real, faults = looking.freeze_chunk, [OperationalError("deadlock detected"), RuntimeError("a fault of ours")]

    def breaks_twice(*told: object, **more: object) -> bool:
        if faults:
            raise faults.pop(0)
        return real(*told, **more)

    monkeypatch.setattr(looking, "freeze_chunk", breaks_twice)
    campaigns.look(now=NOON)
    assert Campaign.objects.get().state == "running"
    campaigns.look(now=NOON)
    row.refresh_from_db()
    assert (row.state, row.asks_why, campaigns.companies_due(NOON + GRACE)) == ("asks", "broken", [])
    assert Notice.objects.filter(code="campaign_asks", subject_id=row.pk).count() == 1
    with translation.override("ru"):
        assert asks(row.asks_why).startswith("Остановилась из-за ошибки в системе")
    with pytest.raises(Conflict, match="person"):
        resume_named(actor=owner, public_id=row.public_id, confirm="broken", now=NOON)
    campaigns.answer(actor=owner, public_id=row.public_id, run=True, now=NOON)
    campaigns.look(now=NOON)
    send()
    assert len(post.got) == 1


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


def test_each_state_is_counted_as_it_is_while_senders_are_at_work(owner, post: Post) -> None:
    for name in ("Анна", "Борис", "Вера", "Глеб"):
        reader(name)
    row, seen = make_campaign(owner, now=NOON), []
    run(row, owner)

    def answer(one: Outgoing) -> Handed:
        seen.append((asking.count_states([row.pk]), asking.count_open([row.pk])[row.pk], asking.has_open(row.pk)))
        return Handed(one.message_id, "accepted")

    post.answer = answer
    with channel("email", post, chunk=2):
        services.send_due("email", now=NOON, most=3)
        assert asking.count_states([row.pk]) == {row.pk: {"planned": 1, "accepted": 3}}
        services.send_due("email", now=NOON, most=3)
    assert [one[row.pk] for one, _open, _has in seen] == [
        {"planned": 1, "claimed": 1, "handed": 2},
        {"planned": 1, "claimed": 1, "handed": 2},
        {"planned": 1, "handed": 1, "accepted": 2},
        {"handed": 1, "accepted": 3},
    ]
    assert [one for _states, one, _has in seen] == [(4, 4), (4, 4), (4, 2), (4, 1)]
    assert all(has for _states, _open, has in seen), "what is in a sender's hands has not come to its end"
    assert asking.count_states([row.pk]) == {row.pk: {"accepted": 4}}
    assert not asking.has_open(row.pk)


def test_what_a_sender_takes_while_it_is_counted_is_counted_once(owner, post: Post, monkeypatch) -> None:
    for name in ("Анна", "Борис", "Вера", "Глеб"):
        reader(name)
    row, count_taken = make_campaign(owner, now=NOON), asking._count_taken
    run(row, owner)
    services.send_due("email", now=NOON, most=1)
    due = list(Message.objects.filter(cause_id=row.pk, state="planned").values_list("id", flat=True))
    browser = sign_in(Browser(), owner)

    def between(ids: list[int]) -> dict[int, dict[str, int]]:
        claim_rows(due, "another", until=NOON + MINUTE, now=NOON)
        MessageClaim.objects.create(channel="email", claim="another", until=NOON + MINUTE, ids=due)
        return count_taken(ids)

    monkeypatch.setattr(asking, "_count_taken", between)
    said = []
    for asks_for in (
        lambda: asking.count_open([row.pk])[row.pk],
        lambda: asking.count_states([row.pk])[row.pk],
        lambda: [(one["done"], one["total"]) for one in browser.get("/campaigns/").context["rows"]],
    ):
        with transaction.atomic():
            said.append(asks_for())
            transaction.set_rollback(True)
    assert said == [(4, 4), {"planned": 3, "claimed": 1}, [(0, 4)]], "one more may seem to wait, none is made up"


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
            raise Killed("after its rows, before its checkpoint")
        return ids

    monkeypatch.setattr(freezing, "plan", dies)
    campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
    for _turn in range(3):
        try:
            campaigns.look(now=NOON)
        except Killed:
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
    # Openings and clicks of each text: by people, each letter once.
    assert touches.by_variant(row.pk) == {}
    for kind, is_human in (("open", True), ("open", True), ("open", False), ("click", True)):
        MessageTouch.objects.create(message=message, kind=kind, at=NOON, is_human=is_human)
    MessageTouch.objects.create(message=Message.objects.get(client_id=buyer), kind="open", at=NOON, is_human=False)
    assert touches.by_variant(row.pk) == {message.variant: (1, 1)}, "a machine is nobody"
    page = sign_in(Browser(), owner).get(f"/campaigns/{row.public_id}/").content.decode()
    of = [html.split("</td>")[0] for html in page.split("Открыли люди")[2:]]
    assert [("1 · " in one, "0 · " in one) for one in of] == [
        (message.variant == number, message.variant != number) for number in (1, 2)
    ], "beside the text that was opened"
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


def test_all_recipients_are_judged_beside_the_page_exactly_and_once(owner, cast, monkeypatch) -> None:
    monkeypatch.setattr(checking, "LOOKED_AT", 2)
    monkeypatch.setattr(checking, "CHUNK", 2)
    shared = [make_reader(name, at=NOON) for name in ("Анна", "Анна П.")]
    for one in shared:
        ContactPoint.objects.create(client=one, kind="email", value="one@example.com", position=0)
    silent = [reader(f"Немой {n}", agrees=None) for n in range(3)]
    goes = [reader(f"Клиент {n}") for n in range(4)]
    row = make_campaign(owner, now=NOON)
    assert (campaigns.check(actor=owner, row=row, now=NOON).seen, row.state) == (2, "draft")
    made = {campaigns.order_check(actor=owner, public_id=row.public_id, now=NOON).pk for _twice in range(2)}
    assert len(made) == 1, "what goes on is not begun anew"
    (pk,) = made
    moments = (NOON + timedelta(seconds=n) for n in range(99))
    assert campaigns.judge_all(pk, tell=lambda: next(moments))
    assert not campaigns.judge_all(pk, tell=lambda: NOON), "it has ended"
    found = campaigns.check(actor=owner, row=row, now=NOON + MINUTE)
    assert (found.total, found.seen, found.goes) == (9, 9, len(goes) + 1)
    assert dict(found.refused) == {"no_consent": len(silent), "same_address": 1}
    assert found.samples["no_consent"] == [one.pk for one in silent]
    assert (found.is_whole, found.at is not None) == (True, True)
    assert not Message.objects.exists(), "nothing is sent"
    page = sign_in(Browser(), cast.owner).get(f"/campaigns/{row.public_id}/check").content.decode()
    assert "Рассмотрены все" not in page, "by the page's own clock it is half an hour old"
    # Of the campaign as it is now, and by one's own eyes only.
    assert campaigns.find_check(cast.colleague, row, now=NOON + MINUTE) is None
    Campaign.objects.update(version=2)
    row.refresh_from_db()
    assert campaigns.check(actor=owner, row=row, now=NOON + MINUTE).seen == 2


def test_a_look_at_all_that_breaks_says_why_and_one_that_died_is_begun_anew(owner, cast) -> None:
    reader("Анна")
    view = save_view(actor=owner, subject="client", name="Все", query="sort=name", now=NOON)
    row = make_campaign(owner, now=NOON, view=view.public_id)
    first = campaigns.order_check(actor=owner, public_id=row.public_id, now=NOON)
    later = campaigns.order_check(actor=owner, public_id=row.public_id, now=NOON + timedelta(minutes=3))
    assert later.pk != first.pk, "nobody was at it for minutes"
    assert not campaigns.judge_all(first.pk, tell=lambda: NOON)
    drop_view(actor=owner, public_id=view.public_id, now=NOON)
    assert campaigns.judge_all(later.pk, tell=lambda: NOON)
    assert CampaignCheck.objects.get().words
    row.view = ""
    row.save()
    assert campaigns.check(actor=owner, row=row, now=NOON).at is None
    campaigns.start(actor=owner, public_id=row.public_id, now=NOON)
    with pytest.raises(Conflict):
        campaigns.order_check(actor=owner, public_id=row.public_id, now=NOON)


def test_the_page_orders_the_look_and_follows_it(owner, cast, monkeypatch) -> None:
    monkeypatch.setattr(checking, "LOOKED_AT", 1)
    monkeypatch.setattr(checking, "CHUNK", 1)
    for name in ("Анна", "Борис", "Вера"):
        reader(name)
    row = make_campaign(owner, now=datetime.now(UTC))
    desk, address = sign_in(Browser(), cast.owner), f"/campaigns/{row.public_id}/check"
    assert "Рассмотреть все 3" in desk.get(address).content.decode().replace("\xa0", " ")
    assert "Рассматриваются все: 0 %" in desk.post(address, headers={"HX-Request": "true"}).content.decode()
    jobs.campaign_check_job(of_company=cast.company_id, check=CampaignCheck.objects.get().pk)
    assert "Рассмотрены все" in desk.get(address).content.decode()
    assert sign_in(Browser(), cast.colleague).post(address).status_code == 403
