"""A campaign to 100,000 clients: letters to a sink on this machine, SMS to the stand-in of a message centre (SMPP).

The bare side sends as many letters, put together beforehand, by the same client library (smtplib) over as many sessions
to the same sink, and as many SMS by our own session, in turns with the product. The product's rate is of all it does:
the audience read and written down, every text rendered and judged, handed over and noted. `missed` and `doubled` are
counted by the sink, by address; the control sends some letters twice, which it must see. `NAME_us` is the processor's
time of a message, of the sending processes and the database: other work on the machine hardly changes it.

With a key (`--dkim BITS`) the product signs each letter; the bare client's, ready beforehand, bear one signature that
cost it nothing, so the ratio tells what signing takes away. `signed_us` is a signature alone.
"""

import multiprocessing
import os
import smtplib
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.db import connections, transaction

from voronka.config.benches import dkim as signing
from voronka.config.benches.frame import Result, Staff, middle, owner_connection, rows_of
from voronka.config.benches.processor import taken
from voronka.config.benches.sinks import Sink, sink
from voronka.config.benches.staff import staff_of
from voronka.config.home import home_folder
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.channels.composing import compose, leave_address
from voronka.messaging.channels.smpp.channel import SmppChannel
from voronka.messaging.channels.smpp.session import MOST_WINDOW, Account
from voronka.messaging.channels.smpp.standin import Habits
from voronka.messaging.models import Campaign, GateSettings, SmsLimits, SmsPart, SmsProvider, SmsSender, Template
from voronka.messaging.ports import Outgoing
from voronka.messaging.services import campaigns, sms_providers
from voronka.people.models import Client, Consent, ContactPoint

_Found = TypeVar("_Found")
FULL, ROUNDS = 100_000, 3
SENDERS = 2
CONTROL = 50
LEAST_LETTERS, LEAST_SHARE = 1_000, 0.4
_BODY = "Здравствуйте, {{ client.first_name }}!\n\nСкидка недели — десять процентов.\n\n{{ company.name }}"
_SMS = "{{ client.first_name }}, скидка 10 % до воскресенья"


def run(*, scale: float, seconds: float, dkim: int = 0) -> Result:
    """Measure; figures are messages a second. `dkim` is the length of a key that letters are signed by, 0 for none."""
    result = Result("campaign", scale)
    with signing.key_of(dkim) if dkim else nullcontext() as record:
        if record is not None:
            result.figures["dkim_bits"] = float(dkim)
            signing.measure(result, record, ready_letter)
        _measure(result, is_signed=record is not None)
    return result


def _measure(result: Result, *, is_signed: bool) -> None:
    scale = result.scale
    count = rows_of(scale, FULL)
    staff = staff_of("campaigns", 1)
    _prepare(staff, count)
    folder = home_folder()
    runs: dict[str, list[float]] = {"bare": [], "bare_sms": [], "letters": [], "sms": [], "frozen": []}
    lost: Counter[str] = Counter()
    leave_address("a" * 12)  # a worker has read its addresses long ago; its processes here have just been forked
    with sink("letters", folder) as letters, sink("texts", folder) as texts:
        settings.MAIL_URL = f"smtp://127.0.0.1:{letters.port}"
        settings.ALLOW_PRIVATE_WEBHOOKS = ("127.0.0.0/8",)  # the stand-in is on this machine
        _provide(staff, texts)
        for _twice in range(2):
            _bare(letters, CONTROL)
        twice = letters.counts()
        result.figures["control_doubled"] = float(sum(twice.values()) - len(twice))
        for number in range(ROUNDS if scale < 1 else 1):
            runs["bare"].append(_timed(runs, "bare_letter_us", count, partial(_bare, letters, count)))
            lost["bare"] += abs(count - sum(letters.counts().values()))
            runs["bare_sms"].append(_timed(runs, "bare_sms_us", count, partial(_bare_sms, texts, count)))
            lost["bare"] += abs(count - sum(texts.counts().values()))
            for channel, name, to in (("email", "letters", letters), ("sms", "sms", texts)):
                unit = "letter_us" if channel == "email" else "sms_us"
                frozen, length = _timed(runs, unit, count, partial(_campaign, staff, channel, number))
                runs["frozen"].append(count / frozen)
                runs[name].append(count / length)
                got = to.counts()
                lost["missed"] += count - len(got)
                lost["doubled"] += sum(got.values()) - len(got)
    figures, ratios = result.figures, result.ratios
    figures |= {"letters_per_s": middle(runs["letters"]), "sms_per_s": middle(runs["sms"])}
    figures |= {"bare_per_s": middle(runs["bare"]), "bare_sms_per_s": middle(runs["bare_sms"])}
    figures["frozen_per_s"] = middle(runs["frozen"])
    figures |= {name: middle(values) for name, values in runs.items() if name.endswith("_us")}
    figures |= {"missed": float(lost["missed"]), "doubled": float(lost["doubled"])}
    for ratio, name, bare in (("to_bare_sink", "letters", "bare"), ("sms_to_bare_sink", "sms", "bare_sms")):
        ratios[ratio] = middle([a / b for a, b in zip(runs[name], runs[bare], strict=True)])
    result.demand(lost["bare"] == 0, "the sink counted other letters than the bare client sent")
    result.demand(figures["control_doubled"] == CONTROL, "the sink does not see what comes twice")
    result.demand(not lost["missed"], "somebody got nothing")
    result.demand(not lost["doubled"], "somebody got it twice")
    if scale >= 1:
        for name in ("letters_per_s", "sms_per_s"):
            result.demand(figures[name] >= LEAST_LETTERS, f"{name} is under {LEAST_LETTERS}")
        for name, share in ratios.items():
            # A signature takes longer than all that the bare client does, so no share of that is promised with one.
            if name != "to_bare_sink" or not is_signed:
                result.demand(share >= LEAST_SHARE, f"{name} is under {LEAST_SHARE}")


def _timed(runs: dict[str, list[float]], name: str, count: int, work: Callable[[], _Found]) -> _Found:
    """Do the work; note what a message took of the processor."""
    before = taken()
    found = work()
    used = taken().per(before, count)
    runs.setdefault(name, []).append(used["helpers_us"] + used.get("database_us", 0.0))
    return found


def _prepare(staff: Staff, count: int) -> None:
    """Have `count` clients who agreed to advertising, with address and number, and no campaign of an earlier run."""
    with owner_connection() as owner:
        given = [staff.company_id]
        with owner.transaction():
            for table in ("campaigngain", "campaignvariant", "campaign", "messagestep", "smspart", "message"):
                owner.execute(f"DELETE FROM messaging_{table} WHERE company_id = %s", given)  # noqa: S608 - our names
    with company_context(staff.company_id, employee_id=staff.owner.employee_id), transaction.atomic():
        have, now = Client.objects.count(), datetime.now(UTC)
        for start in range(have, count, 5_000):
            numbers = range(start, min(start + 5_000, count))
            rows = Client.objects.bulk_create(
                [Client(name=f"Клиент {n}", first_name=f"Имя{n}", zone="Europe/Moscow") for n in numbers]
            )
            ContactPoint.objects.bulk_create(
                ContactPoint(client=one, kind=kind, value=value, position=0)
                for n, one in zip(numbers, rows, strict=True)
                for kind, value in (("email", f"c{n}@example.com"), ("phone", f"+7916{n:06}5"))
            )
            Consent.objects.bulk_create(
                Consent(client=one, purpose="advertising", channel="any", given=True, at=now, source="bench")
                for one in rows
            )
        for extra in Client.objects.order_by("-id")[: max(have - count, 0)]:
            Client.objects.filter(pk=extra.pk).update(binned_at=now)
        GateSettings.objects.update_or_create(
            company_id=staff.company_id, defaults={"quiet_begins": 0, "quiet_ends": 0, "most": 10_000}
        )
    with owner_connection() as owner:
        owner.execute("VACUUM (ANALYZE) people_client, people_contactpoint, people_consent, messaging_message")


def _provide(staff: Staff, texts: Sink) -> None:
    """Let SMS go to the stand-in, by a registered name, without limits."""
    with company_context(staff.company_id, employee_id=staff.owner.employee_id), transaction.atomic():
        SmsPart.objects.all().delete()
        SmsSender.objects.all().delete()
        SmsProvider.objects.update(is_on=False)
        keys = {"host": "127.0.0.1", "port": str(texts.port), "system_id": Habits().system_id, "system_type": "",
                "tls": "no", "window": str(MOST_WINDOW), "alphabet": "gsm"}  # fmt: skip
        draft = sms_providers.SmsProviderDraft(
            "smpp", f"SMSC {texts.port}", keys, secret=Habits().password, for_advertising=True, price=Decimal("4.5")
        )
        provider = sms_providers.save_sms_provider(actor=staff.owner, draft=draft, now=datetime.now(UTC))
        SmsSender.objects.create(provider=provider, name="Shop", traffic="advertising", state="registered")
        SmsLimits.objects.update_or_create(
            company_id=staff.company_id,
            defaults={"to_number": None, "to_prefix": None, "an_hour": None, "money": None},
        )


def _in_processes(work: Callable[[int], None], count: int) -> float:
    """Let processes do the same work at once; return how long it took."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=work, args=(number,)) for number in range(count)]
    begun = time.perf_counter()
    for one in processes:
        one.start()
    for one in processes:
        one.join()
    length = time.perf_counter() - begun
    if any(one.exitcode for one in processes):
        raise RuntimeError("a process of the bench broke")
    return length


def ready_letter() -> bytes:
    """Return a letter as the product would hand it over, put together beforehand."""
    one = Outgoing(1, "a" * 12, "c0@example.com", "", "Скидка недели", _BODY, "", "advertising")
    return compose(one, now=datetime.now(UTC))


def _bare(to: Sink, count: int) -> float:
    """Send as many letters, put together beforehand, over bare sessions; return letters a second."""
    letter = ready_letter()

    def send(number: int) -> None:
        server = smtplib.SMTP("127.0.0.1", to.port)
        server.ehlo()
        for each in range(number, count, SENDERS):
            server.mail("shop@example.com")
            server.rcpt(f"c{each}@example.com")
            server.data(letter)
        server.quit()

    return count / _in_processes(send, SENDERS)


def _bare_sms(to: Sink, count: int) -> float:
    """Send as many SMS over bare sessions that keep nothing; return SMS a second."""
    habits = Habits()

    def send(number: int) -> None:
        account = Account("127.0.0.1", to.port, habits.system_id, habits.password, window=MOST_WINDOW,
                          allow_private=("127.0.0.0/8",))  # fmt: skip
        channel = SmppChannel(account, lambda _told: None)
        batch = [
            Outgoing(each, "a" * 12, f"+7916{each:06}5", "Shop", "", f"Имя{each}, скидка 10 % до воскресенья", "",
                     "advertising")
            for each in range(number, count, SENDERS)
        ]  # fmt: skip
        if any(one.state != "accepted" for one in channel.hand_over(batch)):
            raise RuntimeError("the centre refused a bare SMS")
        channel.close()

    return count / _in_processes(send, SENDERS)


def _campaign(staff: Staff, channel: str, number: int) -> tuple[float, float]:
    """Run a campaign from its start to its last message; return the seconds of the freezing, and of all."""
    owner, now = staff.owner, datetime.now(UTC)
    with company_context(staff.company_id, employee_id=owner.employee_id), transaction.atomic():
        template, _made = Template.objects.get_or_create(
            channel=channel,
            name="Скидка",
            defaults={"subject": "Скидка недели", "body": _BODY if channel == "email" else _SMS},
        )
        draft = campaigns.CampaignDraft(f"{channel} {number}", channel, [campaigns.VariantDraft(template.public_id)])
        row = campaigns.save_campaign(actor=owner, draft=draft, now=now)
        campaigns.start(actor=owner, public_id=row.public_id, now=now)
    frozen: list[float] = []

    def work(lane: int) -> None:
        with company_context(staff.company_id, strict=True):
            if lane == 0:
                begun = time.perf_counter()
                while _is_frozen(row.pk) is False:
                    campaigns.look(now=datetime.now(UTC))
                (home_folder() / "frozen").write_text(str(time.perf_counter() - begun))
            while True:
                if not services.send_due(channel, now=datetime.now(UTC), most=MOST) and _is_frozen(row.pk):
                    break
        os._exit(0)

    length = _in_processes(work, SENDERS)
    frozen.append(float((home_folder() / "frozen").read_text()))
    return frozen[0], length


MOST = 500


def _is_frozen(pk: int) -> bool:
    with transaction.atomic():
        return Campaign.objects.filter(pk=pk, frozen_at__isnull=False).exists()
