"""What was said is forgotten: with the client who is erased, with his contact, and with time where nobody has a card.

A talk that is nobody's in the base is reached by no card: it goes so many days after its last line, and before that
with the person whose phone, e-mail or nick it bears. A talk that is erased leaves its card, so what is said in it later
is nobody's again and goes the same way.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower

from voronka.flows.services import scenes
from voronka.kit.db.arrays import Array
from voronka.kit.files import delete_file
from voronka.kit.models import StoredFile
from voronka.messaging.models import Message, OutsideLine, SmsAnswer, Talk, TalkLine
from voronka.messaging.queries.chat import get_chat
from voronka.messaging.rules.channels import FILE_KIND
from voronka.messaging.rules.states import STILL
from voronka.messaging.services.chat.files import KIND as CHAT_FILES
from voronka.messaging.services.planning import cancel_rows

AT_ONCE, ANSWERS_AT_ONCE = 50, 500
Contacts = Collection[tuple[str, str]]  # kind and value, as they stand in a card


def companies_with_old(now: datetime) -> list[int]:
    """Return the companies that keep talks of nobody, or answers by SMS of nobody, longer than they want to."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM messaging_talks_old(%s)", [now])
        return [company for (company,) in cursor.fetchall()]


@transaction.atomic
def drop_old(*, now: datetime) -> int:
    """Drop some of the talks and answers that were never bound to a client and are old; return how many there were.

    Whom we block stays blocked: of his talk the row is left, with nothing in it.
    """
    edge = now - timedelta(days=get_chat().unbound_days)
    lines = TalkLine.objects.filter(talk=OuterRef("pk"))
    old = Talk.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        Q(blocked_at=None) | Exists(lines), client=None, last_at__lt=edge
    )
    rows = list(old.order_by("last_at", "id")[:AT_ONCE])
    ids = [one.pk for one in rows]
    forget_said(ids, now=now)
    TalkLine.objects.filter(talk__in=ids).delete()
    Talk.objects.filter(pk__in=[one.pk for one in rows if one.blocked_at is None]).delete()
    answers = SmsAnswer.objects.filter(client_id=None, at__lt=edge).exclude(address="", text="")
    found = list(answers.order_by("id").values_list("id", flat=True)[:ANSWERS_AT_ONCE])
    SmsAnswer.objects.filter(pk__in=found).update(address="", text="")
    return len(ids) + len(found)


def forget_said(ids: Sequence[int], *, now: datetime) -> None:
    """Blank what was said in locked talks, in scenarios too, and who said it; delete their files; let nothing go.

    They belong to no card afterwards.
    """
    talks = Talk.objects.filter(pk__in=ids)
    TalkLine.objects.filter(talk__in=ids).update(text="", file=None, goods=None)
    ways = OutsideLine.objects.filter(talk__in=ids)
    sms = Message.objects.filter(pk__in=ways.filter(message__isnull=False).values("message"))
    cancel_rows(list(sms.filter(state__in=STILL)), now=now, code="erased")
    sms.update(address="", subject="", body="", body_html="")
    ways.update(text="", subject="", sender="", quoted="", words="", files=[])
    ways.filter(state="waiting").update(state="failed", code="erased", due_at=None)
    for file in StoredFile.objects.filter(subject_kind__in=[FILE_KIND, CHAT_FILES], subject_id__in=ids):
        delete_file(file)
    # The place outside is his number, or his id; should he write again, the talk is found by its key and has it anew.
    talks.update(
        name="", phone="", email="", last_text="", address="", subject="", outside="", visitor="", rating_text="",
        move_key="", move_till=None, client=None,
    )  # fmt: skip
    scenes.forget(ids, now=now)


def unbound_of(contacts: Contacts) -> QuerySet[Talk]:
    """Return the talks of no client that bear one of these contacts, which nobody else has."""
    phones = {way for kind, value in contacts if kind == "phone" for way in _typed(value)}
    mails = {value for kind, value in contacts if kind == "email"}
    nicks = {f"@{value.lower().lstrip('@')}" for kind, value in contacts if kind == "telegram"}
    rows = Talk.objects.filter(client=None).annotate(
        digits=Func(F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace"),
        place=Func(F("outside"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace"),
        mail=Lower("email"), nick=Lower("address"),
    )  # fmt: skip
    return rows.filter(
        Q(digits__any_of=Array(phones)) | Q(channel="sms", place__any_of=Array(phones))
        | Q(mail__any_of=Array(mails)) | Q(channel="telegram", nick__any_of=Array(nicks))
    )  # fmt: skip


def forget_unbound(contacts: Contacts, *, now: datetime) -> None:
    """Forget the talks and the answers by SMS of no client that bear one of these contacts."""
    if not contacts:
        return
    ids = list(unbound_of(contacts).select_for_update(of=("self",)).order_by("id").values_list("id", flat=True))
    forget_said(ids, now=now)
    phones = {way for kind, value in contacts if kind == "phone" for way in _typed(value)}
    digits = Func(F("address"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
    answers = SmsAnswer.objects.filter(client_id=None).annotate(digits=digits)
    answers.filter(digits__any_of=Array(phones)).update(address="", text="")


def _typed(phone: str) -> set[str]:
    """Return the figures by which people write a number (E.164): one of Russia with 7, with 8, and with neither."""
    digits = "".join(sign for sign in phone if sign.isdecimal())
    if len(digits) == 11 and digits[0] == "7":
        return {digits, f"8{digits[1:]}", digits[1:]}
    return {digits} if digits else set()
