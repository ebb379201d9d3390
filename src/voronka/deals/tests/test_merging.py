"""Cards made one and parted again, with rows of all parts: nothing stays behind, and everything comes back."""

import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voronka.accounts.models import Notice
from voronka.billing.models import ClientDebt, ClientLimit, Document, Payment, Requisites
from voronka.catalogue.models import ClientTerms, Supplier, Variant
from voronka.catalogue.testing import make_goods
from voronka.deals.models import Deal, Press, Walk, WalkItem
from voronka.deals.services import undo
from voronka.deals.services.following import follow_client
from voronka.deals.testing import NOON, Shop, make_deal, make_shop, press
from voronka.flows.models import Automation, AutomationVersion, Matched, Run
from voronka.kit import stakes
from voronka.kit.actors import Actor
from voronka.kit.models import OutgoingItem, StoredFile
from voronka.kit.tenancy import current_company_id, walls
from voronka.loyalty.models import Promo, PromoCode, PromoUse, Referral, ReferralLink, ReferralPayout
from voronka.messaging.models import Campaign, CampaignGain, Letter, Message, SmsAnswer, SmsProvider, Talk
from voronka.orders.models import ClientWord, Order, OrderLetter, Status
from voronka.orders.services import refresh_figures
from voronka.people import services
from voronka.people.models import (
    Address,
    BulkRow,
    BulkRun,
    Client,
    Consent,
    ContactPerson,
    ContactPoint,
    ImportRow,
    ImportRun,
    InboxLead,
    LikelyPair,
    MergedCard,
    MergeRun,
    NotDuplicates,
    Note,
    Touch,
)  # fmt: skip
from voronka.people.services import ClientDraft, ConsentDraft, ContactDraft
from voronka.stock.models import LostSale
from voronka.trials.models import Exposure, Gain, Trial
from voronka.work.models import Lease, Task

pytestmark = pytest.mark.django_db
PHONES = ["+79130000001", "+79130000002", "+79130000003", "+73912000001"]
EMAILS = ["a@example.ru", "b@example.ru"]
CITIES = ["", "Омск", "Красноярск"]
# What may only grow: the log and the history of changes tell that there was a merge, and the run itself does.
GROWS = {"kit_event", "kit_change", "people_mergerun"}


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def base() -> dict[str, list[Any]]:
    """Return every row of the company but those that may only grow; signs without ids, cards without versions."""
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        for table in sorted(set(walls.company_tables()) - GROWS - {"accounts_company"}):
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t WHERE company_id = %s', [current_company_id()])
            rows = [json.loads(row[0]) for row in cursor.fetchall()]
            for row in rows:
                if table == "people_matchkey":
                    del row["id"]
                if table == "people_client":
                    del row["version"]
            found[table] = sorted(json.dumps(row, sort_keys=True) for row in rows)
    return found


def about_clients() -> Iterator[tuple[Any, str, dict[str, str]]]:
    """Give every column that names a client: model, column, condition. The log is never rewritten."""
    for model in apps.get_models():
        if not model.__module__.startswith("voronka.") or model._meta.label == "kit.EventRow":
            continue
        for field in model._meta.concrete_fields:
            if (field.is_relation and field.related_model is Client) or field.attname == "client_id":
                yield model, field.attname, {}
            # What brought the money, what is asked about or tested: an order, a letter, a way, never a client.
            others = ("billing.Surplus", "care.Invitation", "trials.Trial")
            if field.name == "subject_id" and model is not CampaignGain and model._meta.label not in others:
                of = "automation__subject" if model is Matched else "subject_kind"
                yield model, "subject_id", {of: "client"}


def naming(ids: list[int]) -> dict[str, int]:
    """Return how many rows name these clients, by column."""
    return {
        f"{model._meta.label}.{column}": model._default_manager.filter(**where, **{f"{column}__in": ids}).count()
        for model, column, where in about_clients()
    }


class Fill:
    """Rows of all parts about some cards, chosen by chance or all of them."""

    def __init__(self, actor: Actor, rng: Random, *, whole: bool = False) -> None:
        self.actor, self.rng, self.whole = actor, rng, whole
        self.file = StoredFile.objects.create(
            company_id=current_company_id(), subject_kind="import", subject_id=1, name="a.csv", size=1,
            content_type="text/csv", sha256="0" * 64, key="a", added_at=NOON,
        )  # fmt: skip
        self.run = ImportRun.objects.create(file=self.file, state="done")
        self.bulk = BulkRun.objects.create(state="done")
        self.walk = Walk.objects.create(
            name="Обход", subject="client", total=0, author_id=actor.employee_id or 0, started_at=NOON
        )

    def some(self) -> bool:
        return self.whole or self.rng.random() < 0.5

    def card(self, kind: str) -> Client:
        """Make a card with a random choice of fields."""
        rng = self.rng
        contacts = [ContactDraft(kind="phone", value=one) for one in rng.sample(PHONES, rng.randint(0, 2))]
        contacts += [ContactDraft(kind="email", value=one) for one in rng.sample(EMAILS, rng.randint(0, 1))]
        name = rng.choice(["Смирнова Анна Петровна", "Смирнова Анна", "Анна"]) if kind == "person" else "ООО Ромашка"
        draft = ClientDraft(
            kind=kind, name=name, contacts=tuple(contacts), city=rng.choice(CITIES),
            birthday=rng.choice([None, date(1990, 5, 3), date(1991, 1, 1)]), comment=rng.choice(["", "a", "b"]),
            is_vip=rng.random() < 0.3, zone=rng.choice(["", "Asia/Omsk"]), external_id=rng.choice(["", "X-1"]),
        )  # fmt: skip
        return services.create_client(actor=self.actor, draft=draft, now=NOON + timedelta(minutes=rng.randint(0, 99)))

    def addresses(self, client: Client) -> None:
        """Write addresses beside the main one."""
        rng = self.rng
        for _n in range(1 if self.whole else rng.randint(0, 3)):
            Address.objects.get_or_create(
                client=client,
                city=rng.choice(["", "Омск"]),
                line=rng.choice(["Мира, 1", "Мира, 2", "Мира, 3"]),
                defaults={"label": rng.choice(["дом", "офис"]), "position": rng.randint(0, 3)},
            )

    def rows(self, client: Client, others: list[Client]) -> None:
        """Write rows about a card in the tables of all parts."""
        actor, rng = self.actor, self.rng
        company = current_company_id()
        for _n in range(1 if self.whole else rng.randint(0, 2)):
            services.add_note(actor=actor, client_id=client.pk, text=f"Заметка {rng.random()}", now=NOON)
        if self.some():
            Touch.objects.create(client=client, at=NOON, channel="form", message="?")
            given = ConsentDraft(purpose="advertising", given=rng.random() < 0.5)
            services.record_consent(actor=actor, client_id=client.pk, consent=given, source="x", now=NOON)
        self.addresses(client)
        for place, column in enumerate(("client", "candidate")):
            if self.some():
                number = ImportRow.objects.count() + 1
                ImportRow.objects.create(
                    run=self.run, number=number, outcome=("made", "asked")[place], **{column: client}
                )
        for other in others:
            if other.pk != client.pk and self.some():
                pair = {"one_id": min(client.pk, other.pk), "other_id": max(client.pk, other.pk)}
                NotDuplicates.objects.get_or_create(**pair)
            if other.kind != client.kind and self.some():
                sides = [client, other] if client.kind == "organisation" else [other, client]
                ContactPerson.objects.get_or_create(
                    organisation=sides[0], person=sides[1], defaults={"position": rng.choice("ab")}
                )
        if self.some():
            Notice.objects.create(
                employee_id=actor.employee_id or 0, code="mention", subject_kind="client", subject_id=client.pk
            )
            BulkRow.objects.create(run=self.bulk, client=client, before={}, written={"city": "Омск"})
            InboxLead.objects.create(at=NOON, due_at=NOON, channel="form", sent={}, state="attached", client=client)
        if self.some():
            StoredFile.objects.create(
                company_id=company, subject_kind="client", subject_id=client.pk, name="b", content_type="x", size=1,
                sha256="0" * 64, key="b", added_at=NOON,
            )  # fmt: skip
            OutgoingItem.objects.create(
                company_id=company, operation_id=uuid.UUID(int=rng.getrandbits(128)), channel="email", payload={},
                subject_kind="client", subject_id=client.pk, client_id=client.pk, send_after=NOON,
            )  # fmt: skip
            Letter.objects.create(
                operation_id=uuid.UUID(int=rng.getrandbits(128)), client_id=client.pk, address="a@example.ru"
            )
            carrier, _new = SmsProvider.objects.get_or_create(
                name="Песочница", defaults={"kind": "sandbox", "secret": "-"}
            )
            SmsAnswer.objects.create(
                provider=carrier, address="+79130000001", text="Да", client_id=client.pk, at=NOON
            )
            Talk.objects.create(key=uuid.uuid4(), client_id=client.pk, last_at=NOON, begun_at=NOON)
            Message.objects.create(
                channel="email", traffic="advertising", client_id=client.pk, address="a@example.ru",
                cause_kind="campaign", cause_id=rng.randint(1, 2), planned_for=NOON, due_at=NOON,
                state=rng.choice(["waiting", "accepted", "refused"]),
            )  # fmt: skip
        if self.some():
            Supplier.objects.create(name=f"Поставщик {Supplier.objects.count() + 1}", client=client)
            ClientTerms.objects.get_or_create(client=client, defaults={"discount_percent": rng.randint(0, 30)})
        if self.some():
            LostSale.objects.create(variant=make_goods(), client=client, quantity=1, cause="short")
        self.orders(client)
        self.money(client)
        self.deals(client)
        self.automations(client)

    def automations(self, client: Client) -> None:
        """Let the client walk an automation, match the list of one, and bring money to a campaign."""
        if self.some():
            of = {"name": "История", "subject": "client", "made_at": NOON}
            walked = Automation.objects.order_by("id").first() or Automation.objects.create(**of)
            version, _new = AutomationVersion.objects.get_or_create(
                automation=walked, number=1, defaults={"state": "live", "saved_at": NOON}
            )
            Run.objects.create(
                automation=walked, version=version, subject_kind="client", subject_id=client.pk, client_id=client.pk,
                state="running" if self.rng.random() < 0.5 or self.whole else "done", node="n1", entered_at=NOON,
                moved_at=NOON,
            )  # fmt: skip
            Matched.objects.create(automation=walked, subject_id=client.pk)
            campaign, _new = Campaign.objects.get_or_create(name="Осень", defaults={"channel": "email"})
            CampaignGain.objects.create(
                campaign=campaign, client_id=client.pk, subject_kind="order", subject_id=CampaignGain.objects.count(),
                sum=10, at=NOON,
            )  # fmt: skip

    def orders(self, client: Client) -> None:
        """Write an order of nothing, and what the client has bought."""
        if self.some():
            status, _new = Status.objects.get_or_create(code="new", defaults={"name": "Новый", "phase": "new"})
            number = Order.objects.count() + 1
            Order.objects.create(
                operation=uuid.UUID(int=self.rng.getrandbits(128)), number=number, client=client, status=status,
                phase="new", status_at=NOON, channel="phone", subject_kind="client", subject_id=client.pk, made_at=NOON,
            )  # fmt: skip
            refresh_figures([client.pk])
        if self.some():
            variant = Variant.objects.order_by("id").first() or make_goods()
            ClientWord.objects.create(client=client, key=self.rng.choice(["чашка", "кружка"]), variant=variant)
            OrderLetter.objects.create(
                client=client, message=f"{OrderLetter.objects.count():064d}", came_at=NOON, text="Чашка - 2 шт"
            )

    def surveys(self, client: Client) -> None:
        """Ask a client; the part stands beside this one, so its tables are known by name only."""
        survey, asked = (apps.get_model("care", name)._default_manager for name in ("Survey", "Invitation"))
        if self.some():
            row, _new = survey.get_or_create(name="После заказа", defaults={"moment": "delivered"})
            asked.create(
                survey=row, client=client, subject_kind="order", subject_id=asked.count() + 1, due_at=NOON,
                made_at=NOON,
            )  # fmt: skip

    def tests(self, client: Client) -> None:
        """Show a client an arm of a test, and let him bring something."""
        if self.some():
            trial, _new = Trial.objects.get_or_create(kind="letter", subject_id=1, defaults={"name": "Осень"})
            Exposure.objects.create(trial=trial, unit=f"client:{client.pk}", arm=1, client_id=client.pk, at=NOON)
            Gain.objects.create(
                key=f"order:{Gain.objects.count()}", client_id=client.pk, first=1, money=1, currency="RUB", at=NOON,
                told_at=NOON,
            )  # fmt: skip

    def visits(self, client: Client) -> None:
        """Let a client be on the site; the part stands above this one, so its tables are known by name only."""
        site, visitor = (apps.get_model("site", name)._default_manager for name in ("Site", "Visitor"))
        if self.some():
            row, _new = site.get_or_create(
                name="Лавка", defaults={"origins": ["https://shop.example"], "secret": "s"}
            )
            key = uuid.UUID(int=self.rng.getrandbits(128))
            visitor.create(site=row, client=client, key=key, first_at=NOON, named_at=NOON)

    def codes(self, client: Client) -> None:
        """Bind a promo code to a card, and let it be used."""
        if not self.some():
            return
        number = Promo.objects.count() + 1
        promo = Promo.objects.create(name="Лето", amount=10)
        code = PromoCode.objects.create(promo=promo, code=f"К{number}", key=f"K{number}", client=client, used=1)
        PromoUse.objects.create(
            promo=promo, code=code, client=client, holder_kind="order", holder_id=number, goods_sum=100, amount=10,
            at=NOON,
        )  # fmt: skip

    def friends(self, client: Client) -> None:
        """Let a card have a link, bring a friend, be brought by another card, and be paid."""
        if not self.some():
            return
        ReferralLink.objects.create(client=client, made_at=NOON)
        terms = {"way": "person", "touched_at": NOON, "made_at": NOON, "percent": 5, "days": 9, "earned_by": "both"}
        Referral.objects.create(referrer=client, **terms)
        if not Referral.objects.filter(friend=client).exists():
            first = Client.objects.exclude(pk=client.pk).order_by("id").first()
            Referral.objects.create(referrer=first, friend=client, **terms)
        ReferralPayout.objects.create(referrer=client, amount=1, way="note", operation=uuid.uuid4(), at=NOON)

    def money(self, client: Client) -> None:
        """Write promo codes, papers, payments and a limit of debt."""
        self.codes(client)
        self.friends(client)
        self.surveys(client)
        self.tests(client)
        self.visits(client)
        if self.some():
            own, _new = Requisites.objects.get_or_create(name="ООО «Ладная кухня»")
            day = NOON.date()
            Document.objects.create(
                kind="invoice", day=day, requisites=own, client=client, subject_kind="client", subject_id=client.pk
            )
            Payment.objects.create(method="cash", day=day, amount=self.rng.randint(1, 900), client=client)
            ClientLimit.objects.get_or_create(client=client, defaults={"amount": self.rng.randint(0, 900)})
            ClientDebt.objects.get_or_create(client=client, defaults={"amount": self.rng.randint(1, 900)})

    def deals(self, client: Client) -> None:
        """Open deals for a card, press on some, hold one, set tasks."""
        actor, rng = self.actor, self.rng
        for _n in range(1 if self.whole else rng.randint(0, 2)):
            deal = make_deal(actor, client=client)
            if self.some():
                press(actor, deal, "miss", request_id=uuid.UUID(int=rng.getrandbits(128)))
            deal.refresh_from_db()
            task = Task.objects.get(pk=deal.open_task_id)
            if self.some():
                WalkItem.objects.create(
                    walk=self.walk, position=WalkItem.objects.count() + 1, client=client, deal=deal, state="skipped"
                )
            if not Lease.objects.exists():
                Lease.objects.create(
                    client_id=client.pk, task=task, employee_id=actor.employee_id or 0,
                    until=NOON + timedelta(days=3650),
                )  # fmt: skip
            if self.some():
                Task.objects.create(
                    kind="todo", subject_kind="client", subject_id=client.pk, client_id=client.pk, pool=task.pool,
                    window=task.window, band=2, ready_at=NOON,
                )  # fmt: skip


def test_nothing_stays_with_a_joined_card_and_all_of_it_comes_back(shop: Shop) -> None:
    """Every column that names a client is filled, moved and given back; a new one fails here until it is told of."""
    with shop.as_(shop.cast.owner) as owner:
        fill = Fill(owner, Random(7), whole=True)
        persons = [fill.card("person") for _n in range(3)]
        firms = [fill.card("organisation") for _n in range(3)]
        for cards in (persons, firms):  # the joined card is itself one that another was joined to
            services.merge_clients(actor=owner, survivor_id=cards[1].pk, other_ids=[cards[2].pk], chosen={}, now=NOON)
        stranger = fill.card("person")
        for one in (persons[1], firms[1], persons[0], firms[0]):
            fill.rows(one, [persons[0], firms[0], persons[1], firms[1], stranger])
        LikelyPair.objects.create(one=persons[0], other=persons[1], score=50)
        LikelyPair.objects.create(one=persons[1], other=stranger, score=50)
        gone = [persons[1].pk, firms[1].pk]
        Lease.objects.update(client_id=persons[1].pk)
        empty = sorted(column for column, count in naming(gone).items() if not count)
        assert empty == []
        LikelyPair.objects.all().delete()
        before = base()
        runs = [
            services.merge_clients(actor=owner, survivor_id=cards[0].pk, other_ids=[cards[1].pk], chosen={}, now=NOON)
            for cards in (persons, firms)
        ]
        assert {column: count for column, count in naming(gone).items() if count} == {}
        assert not Client.objects.filter(pk__in=gone).exists()
        for run in reversed(runs):
            services.undo_merge(actor=owner, public_id=run.public_id, now=NOON)
        assert base() == before


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_undone_merges_give_back_every_row(shop: Shop, seed: int) -> None:
    """Random cards with random rows, joined by random choices, once or in chains, and parted the last one first."""
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        rng = Random(seed)
        fill = Fill(owner, rng)
        kind = rng.choice(["person", "organisation"])
        cards = [fill.card(kind) for _n in range(rng.randint(3, 10))]
        strangers = [fill.card("person"), fill.card("organisation")]
        for one in cards:
            fill.rows(one, [*rng.sample(cards, 2), *strangers])
        states, runs, standing = [], [], list(cards)
        for _turn in range(rng.randint(1, 3)):
            if len(standing) < 2:
                break
            joined = rng.sample(standing, rng.randint(2, len(standing)))
            states.append(base())
            runs.append(
                services.merge_clients(
                    actor=owner, survivor_id=joined[0].pk, other_ids=[one.pk for one in joined[1:]],
                    chosen={code: rng.choice(joined).pk for code in ("name", "city", "birthday") if rng.random() < 0.5},
                    now=NOON,
                )
            )  # fmt: skip
            gone = [one.pk for one in joined[1:]]
            assert not any(naming(gone).values())
            standing = [one for one in standing if one.pk not in gone]
        for run, state in zip(reversed(runs), reversed(states), strict=True):
            services.undo_merge(actor=owner, public_id=run.public_id, now=NOON)
            assert base() == state
        transaction.set_rollback(True)


def test_what_has_come_since_stays_and_a_deal_keeps_what_is_its_own(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        first = services.create_client(actor=owner, draft=ClientDraft(name="Анна", city="Омск"), now=NOON)
        draft = ClientDraft(name="Смирнова Анна", birthday="03.05.1990", comment="Любит чай", zone="Asia/Omsk")
        second = services.create_client(actor=owner, draft=draft, now=NOON)
        mine, theirs = make_deal(owner, client=first), make_deal(owner, client=second)
        run = services.merge_clients(actor=owner, survivor_id=first.pk, other_ids=[second.pk], chosen={}, now=NOON)
        first.refresh_from_db()
        assert (first.name, first.city, first.comment) == ("Смирнова Анна", "Омск", "Любит чай")
        assert Deal.objects.filter(client=first, state="open").count() == 2
        follow_client(first.pk)
        changes = {"city": "Казань", "contacts": (ContactDraft(kind="phone", value="+79130000009"),)}
        services.update_client(actor=owner, client_id=first.pk, changes=changes, version=first.version, now=NOON)
        note = services.add_note(actor=owner, client_id=first.pk, text="После", now=NOON)
        pressed = press(owner, Deal.objects.get(pk=theirs.pk), "miss")
        services.undo_merge(actor=owner, public_id=run.public_id, now=NOON)
        first.refresh_from_db()
        second = Client.objects.get(pk=second.pk)
        assert (first.name, first.city, first.comment, first.birthday) == ("Анна", "Казань", "", None)
        assert (second.name, second.comment) == ("Смирнова Анна", "Любит чай")
        assert Note.objects.get(pk=note.pk).client_id == first.pk
        assert ContactPoint.objects.get(value="+79130000009").client_id == first.pk
        assert Deal.objects.get(pk=mine.pk).client_id == first.pk
        moved = Deal.objects.select_related("open_task").get(pk=theirs.pk)
        assert moved.open_task is not None
        assert (moved.client_id, moved.open_task.client_id) == (second.pk, second.pk)
        assert Press.objects.get(pk=pressed.press_id).client_id == second.pk
        undo(actor=owner, press_id=pressed.press_id, now=NOON)


def test_rows_that_were_equal_come_back_unless_what_they_name_is_gone() -> None:
    shop = make_shop()
    with shop.as_(shop.cast.owner) as owner:
        firm, person = (
            services.create_client(actor=owner, draft=ClientDraft(kind=kind, name=kind, city="Омск"), now=NOON)
            for kind in ("organisation", "person")
        )
        twin = services.create_client(actor=owner, draft=ClientDraft(name="Twin"), now=NOON)
        for one in (person, twin):
            services.add_contact_person(actor=owner, organisation_id=firm.pk, person_id=one.pk)
        run = services.merge_clients(actor=owner, survivor_id=person.pk, other_ids=[twin.pk], chosen={}, now=NOON)
        assert ContactPerson.objects.count() == 1
        for stake in stakes.stakes_in("client"):
            stake.withdraw([firm.pk])
        gone = Client.objects.filter(pk=firm.pk)
        gone._raw_delete(gone.db)
        services.undo_merge(actor=owner, public_id=run.public_id, now=NOON)
        assert ContactPerson.objects.count() == 0
        assert Client.objects.filter(pk=twin.pk).exists()
        assert MergedCard.objects.count() == 0
        assert MergeRun.objects.get().undone_at == NOON
        assert Consent.objects.count() == 0
