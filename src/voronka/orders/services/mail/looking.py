"""A mailbox looked into: what came is kept, once, and becomes an order or waits for a person.

Each statement stands in a transaction; between them the other side is spoken to.
"""

import hashlib
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import jobs, outgoing
from voronka.kit.actors import Actor
from voronka.kit.imap import NOT_OF_LETTER, OF_SERVER, Letter, Mailbox, MailRefused, open_mailbox
from voronka.kit.letter import MOST_BYTES, LetterUnreadable, ReadLetter, read_letter
from voronka.kit.tenancy import current_company_id
from voronka.orders.models import MailboxState, OrderLetter, OrderMailbox
from voronka.orders.services.mail.boxes import get_box
from voronka.orders.services.mail.letters import keep_letter
from voronka.orders.services.mail.placing import place_by_itself
from voronka.orders.services.mail.understanding import Understood, nothing_of, understand

JOB = "orders.look_for_letters"
TIMEOUT_SECONDS = 60.0
log = structlog.get_logger(__name__)


def companies_due(now: datetime) -> list[int]:
    """Return the companies with a mailbox whose time has come."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM orders_companies_with_mail_due(%s) AS company", [now])
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def order_due(*, now: datetime) -> int:
    """Order a look into each mailbox of the current company whose time has come; return how many."""
    rows = MailboxState.objects.select_for_update(of=("self",)).filter(next_at__lte=now, mailbox__is_on=True)
    found = list(rows.select_related("mailbox").order_by("id"))
    for state in found:
        state.next_at = now + timedelta(minutes=state.mailbox.minutes)
        state.save(update_fields=["next_at"])
        _order(state.mailbox_id)
    return len(found)


@transaction.atomic
def order_look(*, actor: Actor, public_id: str) -> OrderMailbox:
    """Order a look into a mailbox now. Raises Denied, NotFound."""
    box = get_box(actor, public_id)
    MailboxState.objects.filter(mailbox=box).update(state="running", error="")
    _order(box.pk)
    return box


def _order(mailbox_id: int) -> None:
    jobs.defer(JOB, company_id=current_company_id(), once=f"letters {mailbox_id}", mailbox_id=mailbox_id)


def look(mailbox_id: int, *, now: datetime) -> int:
    """Take what came to a mailbox since the last look; return how many letters were kept."""
    with transaction.atomic():
        box = OrderMailbox.objects.filter(pk=mailbox_id).first()
        if box is None:
            return 0
        language = accounts.get_company_rules().language
        MailboxState.objects.filter(mailbox=box).update(state="running", looked_at=now, error="")
        state = MailboxState.objects.get(mailbox=box)
    with translation.override(language):
        try:
            _place_left(box, now)
            count = _walk(box, state, now)
        except Exception as problem:
            _settle(state, "failed", _explained(problem))
            if not isinstance(problem, OF_SERVER):
                raise
            return 0
        _settle(state, "taken" if count else "nothing", "")
    return count


def _walk(box: OrderMailbox, state: MailboxState, now: datetime) -> int:
    """Take the letters since the number of the last one; at first, and where numbers hold no more, the unseen ones."""
    with open_mailbox(
        box.host, box.port, box.login, box.password or "", folder=box.folder, timeout=TIMEOUT_SECONDS,
        allow_private=settings.ALLOW_PRIVATE_WEBHOOKS,
    ) as mail:  # fmt: skip
        validity, following = mail.numbering()
        is_anew = state.last_uid == 0 or validity != state.validity
        letters = mail.unseen() if is_anew else mail.since(state.last_uid)
        count = 0
        for letter in letters:
            count += _take_one(box, mail, letter, now)
            if not is_anew:
                _remember(state, int(letter.uid), validity)
        if is_anew:
            _remember(state, max([following - 1, *(int(one.uid) for one in letters)]), validity)
    return count


@transaction.atomic
def _remember(state: MailboxState, uid: int, validity: int) -> None:
    state.last_uid, state.validity = max(uid, 0), validity
    state.save(update_fields=["last_uid", "validity"])


def _take_one(box: OrderMailbox, mail: Mailbox, letter: Letter, now: datetime) -> int:
    """Take one letter. One that breaks what reads it waits for a person: those behind it would never be taken."""
    try:
        return _take(box, mail, letter, now)
    except NOT_OF_LETTER:
        raise
    except Exception:
        log.exception("a letter broke what reads it", mailbox=box.pk)
        message = _hash(letter.message_id or f"{letter.sender} {letter.subject} {letter.size}")
        kept = keep_letter(box, message, nothing_of(letter.sender, letter.subject, "broken"), now=now)
        return int(kept is not None)


def _take(box: OrderMailbox, mail: Mailbox, letter: Letter, now: datetime) -> int:
    """Keep one letter unless it is known or nobody wrote it; place its order where that is sure. Return 0 or 1."""
    named = letter.message_id
    if named and _is_known(box, _hash(named)):
        return 0
    is_large = letter.size > MOST_BYTES
    raw = b"" if is_large else mail.source(letter.uid)
    if not raw and not is_large:
        return 0  # gone meanwhile
    message = _hash(named) if named else _hash(f"{letter.sender} {letter.subject} {letter.size}") if is_large else (
        hashlib.sha256(raw).hexdigest()
    )  # fmt: skip
    if _is_known(box, message):
        return 0
    try:
        if is_large:
            raise LetterUnreadable("large")
        read = read_letter(raw)
    except LetterUnreadable as bad:
        kept = keep_letter(box, message, nothing_of(letter.sender, letter.subject, bad.code), now=now)
        return int(kept is not None)
    if _is_nobodys(box, read):
        log.info("letter of nobody", why=read.robot or "sender", mailbox=box.pk)
        return 0
    found = understand(read)
    return int(_kept(box, message, found, now))


def _kept(box: OrderMailbox, message: str, found: Understood, now: datetime) -> bool:
    kept = keep_letter(box, message, found, now=now)
    if kept is None:
        return False
    if kept.state == OrderLetter.State.WAITING and box.places_itself and not kept.reasons:
        place_by_itself(kept.public_id, now=now)
    return True


def _place_left(box: OrderMailbox, now: datetime) -> None:
    """Place what a worker that died has kept and not placed."""
    if not box.places_itself:
        return
    with transaction.atomic():
        rows = OrderLetter.objects.filter(mailbox=box, state=OrderLetter.State.WAITING, reasons=[])
        left = list(rows.order_by("id").values_list("public_id", flat=True)[:100])
    for public_id in left:
        place_by_itself(public_id, now=now)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def _is_known(box: OrderMailbox, message: str) -> bool:
    return OrderLetter.objects.filter(mailbox=box, message=message).exists()


def _is_nobodys(box: OrderMailbox, read: ReadLetter) -> bool:
    """Tell whether a machine wrote the letter, or we did: answering those makes circles."""
    own = {box.login.strip().lower(), str(settings.MAIL_FROM).rpartition("<")[2].rstrip("> ").lower()}
    return bool(read.robot) or read.sender in own


@transaction.atomic
def _settle(state: MailboxState, result: str, error: str) -> None:
    MailboxState.objects.filter(pk=state.pk).update(state=result, error=error[:1_000])


def _explained(problem: Exception) -> str:
    if isinstance(problem, outgoing.OutgoingRefused | outgoing.OutgoingFailed):
        return outgoing.explain(problem)
    if isinstance(problem, MailRefused):
        return _("The mail server refused: %(said)s") % {"said": problem}
    return _("It stopped by an error of the program.")
