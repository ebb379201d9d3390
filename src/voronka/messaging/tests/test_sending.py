"""Messages on their way: planned, judged, taken, handed over, settled; and what the gate reads for it."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.utils import translation

from voronka.accounts.testing import Cast, make_company
from voronka.config.backup import HOLD_SENDING
from voronka.kit.db.address import database_address
from voronka.kit.errors import Conflict, Denied, NotFound
from voronka.kit.events import caused_by, packed
from voronka.kit.models import EventRow
from voronka.kit.stakes import stakes_in
from voronka.kit.tenancy import company_context
from voronka.messaging import jobs, queries, services
from voronka.messaging.events import MessageAccepted, MessageHanded
from voronka.messaging.models import BlockedAddress, ChannelRules, GateSettings, Message, MessageClaim, MessageStep
from voronka.messaging.ports import Handed, Readiness, Receipt
from voronka.messaging.queries.facts import scene_of
from voronka.messaging.rules.gate import decide
from voronka.messaging.rules.states import STATES, stage_of
from voronka.messaging.services import sending
from voronka.messaging.services.row_writing import end_claim
from voronka.messaging.services.sending import ATTEMPTS, CLAIM
from voronka.messaging.testing import Post, channel, draft, make_reader
from voronka.people.models import Client, Consent
from voronka.people.services import ConsentDraft, merge_clients, record_consent, undo_merge

pytestmark = pytest.mark.django_db
# 12:00 in Moscow.
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
READ = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'messaging_message'"


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


def states() -> list[str]:
    return list(Message.objects.order_by("id").values_list("state", flat=True))


def codes() -> list[str]:
    return list(Message.objects.order_by("id").values_list("code", flat=True))


def test_a_message_goes_once_and_each_of_its_steps_is_kept(owner, post: Post) -> None:
    client = make_reader(at=NOON)
    (pk,) = services.plan([draft(client, NOON, subject="Осень")], now=NOON)
    assert services.due_now(NOON) == [(owner.company_id, "email")]
    assert services.send_due("email", now=NOON) == 1
    assert services.send_due("email", now=NOON + CLAIM * 2) == 0
    assert [(one.subject, one.text) for one in post.got] == [("Осень", "Скидки")]
    steps = list(MessageStep.objects.order_by("id").values_list("message_id", "state"))
    assert steps == [(pk, one) for one in ("planned", "claimed", "handed", "accepted")]
    told = list(
        EventRow.objects.filter(name__startswith="messaging.").order_by("id").values_list("name", "client_id")
    )
    assert told == [(f"messaging.{one}", client.pk) for one in ("MessagePlanned", "MessageHanded", "MessageAccepted")]


def test_what_a_sender_notes_while_he_hands_over_is_no_change_to_any_index(owner, post: Post) -> None:
    """Only the taking is one; a claim that is told to its end leaves no row of its own."""
    services.plan([draft(make_reader(at=NOON), NOON)], now=NOON)

    def told() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'messaging_message'"
            )
            return cursor.fetchone()

    (changed, beside), seen = told(), []
    post.answer = lambda one: seen.append(MessageClaim.objects.count()) or Handed(one.message_id, "accepted", "post")
    services.send_due("email", now=NOON)
    after = told()
    assert (after[0] - changed, after[1] - beside) == (3, 2), "an index names what senders change: see Message"
    assert seen == [1]
    assert MessageClaim.objects.count() == 0


def test_what_was_planned_over_few_messages_reads_no_more_of_many(owner, post: Post, monkeypatch) -> None:
    """A sender keeps its statements planned; a campaign may be written after that."""
    read: list[int] = []

    def measured(act):
        def acts(*given, **named):
            with connection.cursor() as cursor:
                cursor.execute(READ)
                before = cursor.fetchone()[0]
                done = act(*given, **named)
                cursor.execute(READ)
                read.append(cursor.fetchone()[0] - before)
            return done

        return acts

    for name in ("begin_rows", "accept_rows"):
        monkeypatch.setattr(sending, name, measured(getattr(sending, name)))
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
    services.plan([draft(make_reader(at=NOON), NOON)], now=NOON)
    services.send_due("email", now=NOON)
    kept = [one.column for one in Message._meta.concrete_fields if not one.generated]
    names = ", ".join(one for one in kept if one not in ("id", "public_id"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO messaging_message (public_id, {names}) SELECT 'old' || n, {names}"
            " FROM messaging_message, generate_series(1, 500) n"
        )
    services.plan([draft(make_reader(at=NOON), NOON)], now=NOON)
    services.send_due("email", now=NOON)
    assert states()[-1] == "accepted"
    assert len(read) == 4
    assert max(read) < 10


@pytest.mark.parametrize("state", STATES)
def test_the_database_knows_the_stage_of_each_state_as_the_program_does(owner, state: str) -> None:
    services.plan([draft(make_reader(at=NOON), NOON)], now=NOON)
    Message.objects.update(state=state)
    assert Message.objects.filter(stage=stage_of(state)).count() == 1


def test_night_delays_and_the_morning_of_the_client_sends(owner, post: Post) -> None:
    client = make_reader(at=NOON, zone="Asia/Kamchatka")  # 21:00 there
    late = NOON + timedelta(hours=1)
    services.plan([draft(client, late)], now=NOON)
    morning = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)  # 8:00 on the 3rd
    assert list(Message.objects.values_list("state", "code", "due_at")) == [("waiting", "quiet", morning)]
    assert services.send_due("email", now=morning - timedelta(seconds=1)) == 0
    services.send_due("email", now=morning)
    assert len(post.got) == 1


class Watch:
    """Seconds that go by as a test says."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def test_whose_night_begins_while_messages_go_gets_his_in_the_morning(owner) -> None:
    """Three are taken at 21:58; the first takes two minutes, so the others meet 22:00 sharp."""
    evening = datetime(2026, 11, 2, 18, 58, tzinfo=UTC)
    watch, post = Watch(), Post()
    here = [make_reader(at=NOON) for _n in range(2)]
    there = make_reader(at=NOON, zone="Europe/Kaliningrad")  # an hour behind Moscow

    def slow(one) -> Handed:
        watch.at += 120
        return Handed(one.message_id, "accepted", "post")

    post.answer = slow
    with channel("email", post, chunk=1):
        services.plan([draft(one, evening) for one in (*here, there)], now=NOON)
        services.send_due("email", now=evening, clock=watch)
        assert (states(), codes()) == (["accepted", "waiting", "accepted"], ["", "quiet", ""])
        kept = list(MessageStep.objects.filter(state="handed").values_list("message_id", flat=True))
        assert len(kept) == len(post.got) == 2  # of the second nothing was begun
        assert Message.objects.filter(handed_at=None, claim="", attempts=0).count() == 1
        services.send_due("email", now=evening + timedelta(minutes=4), clock=watch)
        morning = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
        assert Message.objects.get(state="waiting").due_at == morning
        services.send_due("email", now=morning, clock=watch)
    assert states() == ["accepted"] * 3


def test_a_slow_server_is_waited_for_and_whoever_leaves_meanwhile_is_not_written_to(owner) -> None:
    """Four minutes a letter: nobody takes one in hand for broken, and what begins after five is judged anew."""
    watch, post = Watch(), Post()
    begun = watch.at

    def slow(one) -> Handed:
        watch.at += 240
        sending.mend_claims("email", now=NOON + timedelta(seconds=watch.at - begun))
        return Handed(one.message_id, "accepted", "post")

    post.answer = slow
    with channel("email", post, chunk=1):
        clients = [make_reader(at=NOON) for _n in range(4)]
        services.plan([draft(one, NOON) for one in clients], now=NOON)
        services.send_due("email", now=NOON, clock=watch)
        assert states() == ["accepted", "accepted", "planned", "planned"]
        assert not MessageStep.objects.filter(state="unknown").exists()
        no = ConsentDraft(purpose="advertising", channel="email", given=False)
        record_consent(actor=owner, client_id=clients[2].pk, consent=no, source="call", now=NOON)
        services.send_due("email", now=NOON + timedelta(minutes=8), clock=watch)
    assert states() == ["accepted", "accepted", "refused", "accepted"]
    assert len(post.got) == 3


def test_what_the_night_met_within_a_chunk_is_nobodys_try(owner, post: Post) -> None:
    evening = datetime(2026, 11, 2, 18, 58, tzinfo=UTC)
    services.plan([draft(make_reader(at=NOON), evening)], now=NOON)
    post.answer = lambda one: one.night()
    for _n in range(ATTEMPTS + 1):
        services.send_due("email", now=evening)
    message = Message.objects.get()
    assert (message.state, message.code, message.attempts, message.handed_at) == ("waiting", "quiet", 0, None)


def test_what_was_answered_is_kept_though_the_next_chunk_cannot_be_begun(owner, monkeypatch) -> None:
    """Two go at once: one is taken, one refused. What marks the third breaks, and that is told to nobody as theirs."""
    post, real = Post(), sending.begin_rows
    third: list[int] = []

    def breaks(ids: list[int], claim: str, **when: datetime) -> set[int]:
        if ids == third:
            raise OperationalError("deadlock detected")
        return real(ids, claim, **when)

    post.answer = lambda one: Handed(one.message_id, *next(answers))
    answers = iter([("accepted", "post", "7"), ("rejected", "post"), ("accepted", "post", "9")])
    monkeypatch.setattr(sending, "begin_rows", breaks)
    with channel("email", post, chunk=2):
        services.plan([draft(make_reader(at=NOON), NOON) for _n in range(3)], now=NOON)
        third.append(Message.objects.order_by("-id")[0].pk)
        with pytest.raises(OperationalError):
            services.send_due("email", now=NOON)
        assert states() == ["accepted", "failed", "claimed"]
        assert EventRow.objects.filter(name="messaging.MessageAccepted").count() == 1
        third.clear()
        services.send_due("email", now=NOON + CLAIM)
    assert states() == ["accepted", "failed", "accepted"]
    assert len(post.got) == 3


def test_what_the_database_tells_of_a_hand_over_is_what_the_events_say(owner, post: Post) -> None:
    """Both are written by a function of the database: name, subject, fields, moment and who as the program writes."""
    services.plan([draft(make_reader(at=NOON), NOON) for _n in range(2)], now=NOON)
    cause = uuid.uuid4()
    with caused_by(cause):
        services.send_due("email", now=NOON)
    rows = list(
        EventRow.objects.filter(subject_kind="message", name__in=[MessageHanded.name(), MessageAccepted.name()])
    )
    rows.sort(key=lambda one: one.pk)
    events = [
        kind(message_id=one.pk, client_id=one.client_id, channel="email")
        for kind in (MessageHanded, MessageAccepted)
        for one in Message.objects.order_by("id")
    ]
    told = [[one.name, one.subject_kind, one.subject_id, one.client_id, one.payload] for one in rows]
    assert told == json.loads(packed(*events))
    assert {(one.at, one.employee_id, one.cause) for one in rows} == {(NOON, owner.employee_id, cause)}


@pytest.mark.django_db(transaction=True)
def test_what_was_handed_over_wakes_the_listeners(owner, post: Post) -> None:
    with transaction.atomic():
        services.plan([draft(make_reader(at=NOON), NOON)], now=NOON)
    with psycopg.connect(database_address(), autocommit=True) as listening:
        listening.execute("LISTEN voronka_events")
        services.send_due("email", now=NOON)
        assert list(listening.notifies(timeout=5, stop_after=1))


def test_a_consent_taken_back_at_the_last_moment_holds(owner, post: Post) -> None:
    client = make_reader(at=NOON)
    services.plan([draft(client, NOON)], now=NOON)
    no = ConsentDraft(purpose="advertising", channel="email", given=False)
    record_consent(actor=owner, client_id=client.pk, consent=no, source="call", now=NOON)
    services.send_due("email", now=NOON)
    assert (states(), codes(), post.got) == (["refused"], ["opted_out"], [])
    message = Message.objects.get()
    assert queries.why(message, owner, NOON) == "Did not go: the client said no to advertising."


def test_refused_at_once_where_it_is_known_and_each_refusal_is_a_row(owner, post: Post) -> None:
    silent, gone = make_reader(at=NOON, agrees=None), make_reader(at=NOON)
    Client.objects.filter(pk=gone.pk).update(binned_at=NOON)
    bounced = make_reader(at=NOON)
    services.block("email", "C@Example.com", "bounce", at=NOON)
    services.plan(
        [draft(silent, NOON), draft(gone, NOON), draft(bounced, NOON, address="c@example.com"),
         draft(bounced, NOON, address="")], now=NOON,
    )  # fmt: skip
    assert codes() == ["no_consent", "no_client", "blocked_bounce", "no_address"]
    assert set(states()) == {"refused"}
    assert services.due_now(NOON) == []


def test_two_in_seven_days_also_within_one_batch(owner, post: Post) -> None:
    client = make_reader(at=NOON)
    services.plan([draft(client, NOON, cause_kind="hand") for _n in range(3)], now=NOON)
    services.send_due("email", now=NOON)
    assert sorted(states()) == ["accepted", "accepted", "refused"]
    assert queries.would_get(owner, client.pk, "email", now=NOON) == (
        "Would not get it: the client has no such address."
    )
    later = NOON + timedelta(days=7)
    services.plan([draft(client, later)], now=later)
    services.send_due("email", now=later)
    assert len(post.got) == 3


def test_service_and_tests_do_not_count_and_pass(owner, post: Post) -> None:
    client = make_reader(at=NOON, agrees=None)
    services.plan([draft(client, NOON, traffic="service") for _n in range(4)], now=NOON)
    services.plan([draft(client, NOON, client_id=None, cause_kind="test", address="me@example.com")], now=NOON)
    services.send_due("email", now=NOON)
    assert states() == ["accepted"] * 5


def test_a_campaign_has_one_row_a_recipient_however_often_it_is_planned(owner, post: Post) -> None:
    one, other = make_reader(at=NOON), make_reader(at=NOON)
    first = services.plan([draft(one, NOON, cause_kind="campaign", cause_id=5)], now=NOON)
    again = services.plan(
        [draft(one, NOON, cause_kind="campaign", cause_id=5), draft(other, NOON, cause_kind="campaign", cause_id=5)],
        now=NOON,
    )
    assert again[0] is None
    assert again[1] is not None
    assert first[0] is not None
    services.send_due("email", now=NOON)
    assert len(post.got) == 2


@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [("rejected", "failed", "bad"), ("unknown", "unknown", "bad"), ("retry", "waiting", "retry")],
)
def test_what_the_other_side_says_is_kept_without_the_address(owner, post: Post, answer, state, code) -> None:
    client = make_reader(at=NOON)
    post.answer = lambda one: Handed(one.message_id, answer, code="bad", words=f"550 <{one.address}> no such user")
    services.plan([draft(client, NOON)], now=NOON)
    services.send_due("email", now=NOON)
    assert (states(), codes()) == ([state], [code])
    assert MessageStep.objects.order_by("-id").values_list("words", flat=True)[0] == "550 <…> no such user"


def test_later_is_tried_five_times_and_then_given_up(owner, post: Post) -> None:
    post.answer = lambda one: Handed(one.message_id, "retry")
    services.plan([draft(make_reader(at=NOON), NOON, traffic="service")], now=NOON)
    for _try in range(ATTEMPTS):
        assert services.send_due("email", now=Message.objects.get().due_at) == 1
    assert (states(), codes(), len(post.got)) == (["failed"], ["gave_up"], ATTEMPTS)


def test_a_channel_that_breaks_leaves_unknown_what_it_did_not_answer_for(owner, post: Post) -> None:
    def answer(one):
        if len(post.got) == 2:
            raise OSError("gone")
        return Handed(one.message_id, "accepted")

    post.answer = answer
    services.plan([draft(make_reader(at=NOON), NOON) for _n in range(3)], now=NOON)
    services.send_due("email", now=NOON)
    assert sorted(states()) == ["accepted", "unknown", "unknown"]
    services.send_due("email", now=NOON + timedelta(days=1))
    assert len(post.got) == 2


def test_a_broken_claim_goes_again_before_the_hand_over_and_never_after_it(owner, post: Post) -> None:
    services.plan([draft(make_reader(at=NOON), NOON) for _n in range(2)], now=NOON)
    safe, lost = Message.objects.order_by("id")
    Message.objects.filter(pk=safe.pk).update(state="claimed", claim="dead", claim_until=NOON)
    Message.objects.filter(pk=lost.pk).update(state="handed", claim="dead", claim_until=NOON)
    MessageClaim.objects.create(channel="email", claim="dead", until=NOON, ids=[safe.pk, lost.pk])
    assert services.due_now(NOON) == [(owner.company_id, "email")]
    services.send_due("email", now=NOON)
    assert states() == ["accepted", "unknown"]
    assert [one.message_id for one in post.got] == [safe.pk]
    assert services.due_now(NOON + timedelta(days=1)) == []


def test_receipts_settle_what_is_unknown_and_a_hard_bounce_blocks_the_address(owner, post: Post) -> None:
    post.answer = lambda one: Handed(one.message_id, "unknown", "mx", f"id{one.message_id}")
    clients = [make_reader(at=NOON) for _n in range(2)]
    first, second = services.plan([draft(one, NOON) for one in clients], now=NOON)
    services.send_due("email", now=NOON)
    with transaction.atomic():
        assert services.settle(Receipt("email", "delivered", NOON, provider="mx", provider_id=f"id{first}"))
        assert not services.settle(Receipt("email", "delivered", NOON, provider="mx", provider_id=f"id{first}"))
        assert not services.settle(Receipt("email", "accepted", NOON, message_id=first))
        assert not services.settle(Receipt("email", "delivered", NOON, provider="mx", provider_id="other"))
        assert not services.settle(Receipt("email", "delivered", NOON, provider="mx", provider_id=""))
        assert services.settle(Receipt("email", "failed", NOON, message_id=second, code="bounce", words="550"))
    assert states() == ["delivered", "failed"]
    assert BlockedAddress.objects.get().hint.startswith("c")
    services.plan([draft(clients[1], NOON, traffic="service")], now=NOON)
    assert codes()[-1] == "blocked_bounce"
    services.unblock(actor=owner, public_id=BlockedAddress.objects.get().public_id)
    services.plan([draft(clients[1], NOON, traffic="service")], now=NOON)
    assert states()[-1] == "planned"


def test_a_person_settles_the_unknown_once(owner, cast: Cast, post: Post) -> None:
    post.answer = lambda one: Handed(one.message_id, "unknown")
    services.plan([draft(make_reader(at=NOON), NOON)], now=NOON)
    services.send_due("email", now=NOON)
    sign = Message.objects.get().public_id
    with pytest.raises(Denied):
        services.settle_by_hand(actor=cast.colleague, public_id=sign, went=True, now=NOON)
    with pytest.raises(NotFound):
        services.settle_by_hand(actor=owner, public_id="nothing", went=True, now=NOON)
    services.settle_by_hand(actor=owner, public_id=sign, went=False, now=NOON)
    with pytest.raises(Conflict):
        services.settle_by_hand(actor=owner, public_id=sign, went=True, now=NOON)
    assert (states(), codes()) == (["failed"], ["said_not_sent"])
    assert services.send_due("email", now=NOON + timedelta(days=1)) == 0


def test_what_the_house_lacks_makes_it_wait_for_three_days(owner, post: Post) -> None:
    client = make_reader(at=NOON)
    GateSettings.objects.create(is_on=False)
    services.plan([draft(client, NOON), draft(client, NOON, traffic="service")], now=NOON)
    services.send_due("email", now=NOON)
    assert codes() == ["sending_off"] * 2
    GateSettings.objects.update(is_on=True)
    services.send_due("email", now=NOON + timedelta(days=3, minutes=1))
    assert (states(), codes()) == (["refused", "accepted"], ["too_late", ""])
    poor = Post()
    with channel("sms", poor, readiness=lambda: Readiness(has_budget=False)):
        services.plan([draft(client, NOON, channel="sms", address="+79130000001")], now=NOON)
    services.plan([draft(client, NOON, channel="push", address="x")], now=NOON)
    assert codes()[2:] == ["no_budget", "not_set_up"]


def test_switches_and_caps_of_a_channel(owner, post: Post) -> None:
    ChannelRules.objects.create(channel="email", most=1, days=30)
    client = make_reader(at=NOON)
    services.plan([draft(client, NOON), draft(client, NOON)], now=NOON)
    services.send_due("email", now=NOON)
    assert sorted(states()) == ["accepted", "refused"]
    ChannelRules.objects.update(is_on=False)
    services.plan([draft(client, NOON, traffic="service")], now=NOON)
    assert codes()[-1] == "channel_off"


def test_a_press_calls_back_what_has_not_been_taken(owner, post: Post) -> None:
    press, soon = uuid.uuid4(), NOON + timedelta(seconds=10)
    services.plan([draft(make_reader(at=NOON), soon, traffic="service", cause=press)], now=NOON)
    assert services.call_back(press, now=NOON) == []
    assert services.send_due("email", now=soon) == 0
    other = uuid.uuid4()
    services.plan([draft(make_reader(at=NOON), soon, traffic="service", cause=other)], now=NOON)
    services.send_due("email", now=soon)
    assert [one.state for one in services.call_back(other, now=soon)] == ["accepted"]


def test_a_thousand_are_judged_by_as_many_statements_as_one(owner, post: Post, django_assert_num_queries) -> None:
    clients = Client.objects.bulk_create([Client(name=f"К{n}", zone="Asia/Omsk") for n in range(1_000)])
    Consent.objects.bulk_create(
        [
            Consent(client=one, purpose="advertising", channel="any", given=True, at=NOON, source="x")
            for one in clients
        ]
    )
    asked = [draft(one, NOON).asked() for one in clients]
    for some in (asked[:1], asked):
        with django_assert_num_queries(6):
            scene = scene_of("email", some, now=NOON)
    assert {decide(scene.facts(one), NOON).kind for one in asked} == {"go"}
    planned = [draft(one, NOON) for one in clients]
    for some in (planned[:1], planned[1:]):
        with django_assert_num_queries(11):
            services.plan(some, now=NOON)


def test_nothing_of_a_stranger_is_seen_or_sent(cast: Cast, post: Post) -> None:
    with company_context(cast.company_id):
        services.plan([draft(make_reader(at=NOON), NOON)], now=NOON)
        sign = Message.objects.get().public_id
    with company_context(cast.other_company_id):
        assert services.send_due("email", now=NOON) == 0
        with pytest.raises(NotFound):
            queries.get_message(cast.stranger, sign)
    assert post.got == []


def test_cards_made_one_are_written_to_once_by_a_campaign_and_parted_again(owner, post: Post) -> None:
    cards = [make_reader(f"К{n}", at=NOON) for n in range(2)]
    services.plan([draft(one, NOON, cause_kind="campaign", cause_id=5) for one in cards], now=NOON)
    before = list(Message.objects.order_by("id").values_list("client_id", "cause_kind", "state"))
    run = merge_clients(actor=owner, survivor_id=cards[0].pk, other_ids=[cards[1].pk], chosen={}, now=NOON)
    assert sorted(states()) == ["cancelled", "planned"]
    undo_merge(actor=owner, public_id=run.public_id, now=NOON)
    assert list(Message.objects.order_by("id").values_list("client_id", "cause_kind", "state")) == before
    merge_clients(actor=owner, survivor_id=cards[0].pk, other_ids=[cards[1].pk], chosen={}, now=NOON)
    services.send_due("email", now=NOON)
    assert len(post.got) == 1


def test_what_a_sender_had_taken_of_a_joined_card_waits_again_when_it_is_parted(owner, post: Post) -> None:
    cards = [make_reader(f"К{n}", at=NOON) for n in range(2)]
    services.plan([draft(one, NOON, cause_kind="campaign", cause_id=5) for one in cards], now=NOON)
    sending._claim("email", "c1", now=NOON, most=10)
    assert states() == ["claimed"] * 2
    run = merge_clients(actor=owner, survivor_id=cards[0].pk, other_ids=[cards[1].pk], chosen={}, now=NOON)
    first = Message.objects.get(state="claimed")
    Message.objects.filter(pk=first.pk).update(state="accepted")
    end_claim("c1")
    assert not MessageClaim.objects.exists()
    undo_merge(actor=owner, public_id=run.public_id, now=NOON)
    assert sorted(states()) == ["accepted", "planned"], "a claim that is over would keep it for ever"


def test_what_comes_out_of_a_backup_is_not_sent_once_more(owner, post: Post) -> None:
    """A night's archive holds what waits for the morning; by noon, when it is restored, that has gone."""
    now = datetime.now(UTC)
    client, hour = make_reader(at=NOON), timedelta(hours=1)
    services.plan(
        [draft(client, at, traffic="service", body=at.isoformat()) for at in (now - hour, now - hour, now + hour)],
        now=now - 2 * hour,
    )
    handed = Message.objects.order_by("id")[1]
    Message.objects.filter(pk=handed.pk).update(state="handed", claim="x", claim_until=now)
    with connection.cursor() as cursor:
        for statement in HOLD_SENDING:
            cursor.execute(statement)
    assert services.send_due("email", now=now) == 0
    assert list(Message.objects.order_by("id").values_list("state", "code")) == [
        ("unknown", "restored"), ("unknown", "restored"), ("planned", ""),
    ]  # fmt: skip
    with translation.override("ru"):
        assert "могло уйти раньше" in queries.why(Message.objects.order_by("id")[0], owner, now)
    services.settle_by_hand(actor=owner, public_id=handed.public_id, went=True, now=now)
    assert services.send_due("email", now=now + 2 * hour) == 1
    assert len(post.got) == 1


@pytest.mark.django_db(transaction=True)
def test_one_job_of_sending_does_not_keep_a_worker_for_an_hour(post: Post, monkeypatch) -> None:
    """Two jobs work at once: while a slow server takes one company's letters, campaigns of all are to be looked at."""
    made = make_company()
    monkeypatch.setattr(jobs, "SECONDS", 0.0)
    with company_context(made.company_id), transaction.atomic():
        client = make_reader(at=NOON)
        services.plan([draft(client, NOON, traffic="service") for _n in range(201)], now=NOON)
    for whole in (200, 201):
        jobs.send_job(of_company=made.company_id, channel="email")
        assert len(post.got) == whole


@pytest.mark.parametrize("first", [0, 1])
def test_who_got_a_campaign_on_one_card_gets_it_on_no_other_that_becomes_his(owner, post: Post, first: int) -> None:
    cards = [make_reader(f"К{n}", at=NOON) for n in range(2)]
    later = [NOON, NOON + timedelta(hours=1)]
    drafts = [draft(one, later[n != first], cause_kind="campaign", cause_id=5) for n, one in enumerate(cards)]
    services.plan(drafts, now=NOON)
    services.send_due("email", now=NOON)
    assert [one.client_id for one in post.got] == [cards[first].pk]
    run = merge_clients(actor=owner, survivor_id=cards[0].pk, other_ids=[cards[1].pk], chosen={}, now=NOON)
    GateSettings.objects.update_or_create(defaults={"most": 9})  # it is not the cap that holds it
    services.send_due("email", now=later[1])
    assert len(post.got) == 1
    undo_merge(actor=owner, public_id=run.public_id, now=later[1])
    assert sorted(states()) == ["accepted", "planned"]


def test_words_that_no_text_can_hold_undo_no_notes_of_what_went(owner, post: Post) -> None:
    clients = [make_reader(at=NOON) for _n in range(2)]
    post.answer = lambda one: Handed(one.message_id, "accepted", "post", "7\0\ud800", words="250 ok\0\ud83d queued")
    services.plan([draft(one, NOON) for one in clients], now=NOON)
    services.send_due("email", now=NOON)
    assert states() == ["accepted", "accepted"]
    assert MessageStep.objects.order_by("-id")[0].words == "250 ok\ufffd queued"


def test_erased_means_no_address_no_text_and_nothing_goes_any_more(owner, post: Post) -> None:
    client, other = make_reader(at=NOON), make_reader(at=NOON)
    services.plan([draft(client, NOON), draft(client, NOON + timedelta(days=1)), draft(other, NOON)], now=NOON)
    services.send_due("email", now=NOON)
    (stake,) = [one for one in stakes_in("client") if one.part == "messaging"]
    given = list(stake.export([client.pk]))
    assert [one["state"] for one in given] == ["accepted", "planned"]
    assert given[0]["to"] == f"c{client.pk}@example.com"
    stake.erase([client.pk])
    assert list(Message.objects.order_by("id").values_list("address", "body", "state")) == [
        ("", "", "accepted"), ("", "", "cancelled"), (f"c{other.pk}@example.com", "Скидки", "accepted"),
    ]  # fmt: skip
    assert services.send_due("email", now=NOON + timedelta(days=1)) == 0


def test_each_state_is_said_in_one_sentence(owner, post: Post) -> None:
    client = make_reader(at=NOON, zone="Asia/Kamchatka")
    late = NOON + timedelta(hours=1)  # 22:00 there
    services.plan([draft(client, late), draft(client, NOON, channel="push", address="x")], now=NOON)
    quiet, lacking = Message.objects.order_by("id")
    with translation.override("ru"):
        night = queries.why(quiet, owner, NOON)
        assert night.startswith("Ждёт, уйдёт")
        assert night.endswith("у клиента тихие часы.")
        assert queries.why(lacking, owner, NOON) == "Ждёт: канал не настроен."
    for state in ("planned", "claimed", "handed", "accepted", "delivered", "failed", "unknown", "cancelled"):
        quiet.state, quiet.handed_at, quiet.ended_at = state, NOON, NOON
        said = queries.why(quiet, owner, NOON)
        assert said.endswith(".")
        assert "%(" not in said
