"""Mailboxes of talks looked into: each letter that a person wrote becomes a line of its thread's talk, once.

Each statement stands in a transaction; between them the other side is spoken to.
"""

import io
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import outgoing
from voronka.kit.errors import Invalid
from voronka.kit.imap import NOT_OF_LETTER, OF_SERVER, Letter, Mailbox, MailRefused, open_mailbox
from voronka.kit.jobs import defer
from voronka.kit.letter import MOST_BYTES, LetterFile, LetterUnreadable, ReadLetter, read_letter
from voronka.kit.uploads import check_upload
from voronka.messaging.models import ChannelAccount, ChannelNews, ChannelState, OutsideLine, Talk
from voronka.messaging.ports import Came, CameFile
from voronka.messaging.rules.quotes import split_quote
from voronka.messaging.services.channels.coming import receive
from voronka.messaging.services.channels.going import bounced
from voronka.messaging.services.channels.threads import find_thread, ours_in, sign_of
from voronka.people import queries as people

log = structlog.get_logger(__name__)
TIMEOUT_SECONDS, MOST_BOUNCE = 60.0, 2**20


def order_due(now: datetime) -> int:
    """Order a look into each mailbox whose time has come, of all companies; return how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, account FROM messaging_boxes_due(%s)", [now])
        found = cursor.fetchall()
    for company_id, account_id in found:
        once = f"talk mailbox {account_id}"
        defer("messaging.talk_mailbox", company_id=company_id, once=once, account_id=account_id)
    return len(found)


def look(account_id: int, *, now: datetime) -> int:
    """Take what came to a mailbox since the last look; return how many lines were added. Outside of transactions."""
    with transaction.atomic():
        account = ChannelAccount.objects.filter(pk=account_id, is_on=True, kind="email").first()
        state = ChannelState.objects.filter(account_id=account_id).first()
        if account is None or state is None or account.settings.get("mode") != "live":
            return 0
        language = accounts.get_company_rules().language
        state.next_at = now + timedelta(minutes=int(account.settings["minutes"]))
        state.save(update_fields=["next_at"])
    with translation.override(language):
        try:
            count = _walk(account, state, now)
        except Exception as problem:
            code, words = _explained(problem)
            _settle(state, "failed", code, words, now)
            if not isinstance(problem, OF_SERVER):
                raise
            return 0
        _settle(state, "ok", "", "", now)
    return count


def _walk(account: ChannelAccount, state: ChannelState, now: datetime) -> int:
    """Take the letters since the number of the last one; at first, and where numbers hold no more, the unseen ones."""
    kept, count = account.settings, 0
    with open_mailbox(
        kept["host"], int(kept["port"]), kept["login"], account.secret or "", folder=kept["folder"],
        timeout=TIMEOUT_SECONDS, allow_private=settings.ALLOW_PRIVATE_WEBHOOKS,
    ) as mail:  # fmt: skip
        validity, following = mail.numbering()
        is_anew = state.last_uid == 0 or validity != state.validity
        letters = mail.unseen() if is_anew else mail.since(state.last_uid)
        for letter in letters:
            count += _take_one(account, mail, letter, now)
            if not is_anew:
                _remember(state, int(letter.uid), validity)
        if is_anew:
            _remember(state, max([following - 1, *(int(one.uid) for one in letters)]), validity)
    return count


@transaction.atomic
def _remember(state: ChannelState, uid: int, validity: int) -> None:
    state.last_uid, state.validity = max(uid, 0), validity
    state.save(update_fields=["last_uid", "validity"])


def _take_one(account: ChannelAccount, mail: Mailbox, letter: Letter, now: datetime) -> int:
    """Take one letter. One that breaks what reads it is told of as unread: those behind it would never be taken."""
    try:
        return _take(account, mail, letter, now)
    except NOT_OF_LETTER:
        raise
    except Exception:
        log.exception("a letter broke what reads it", account=account.pk)
        sign = sign_of(letter.message_id or f"{letter.sender} {letter.subject} {letter.size}")
        return _keep(account, sign, _unread(letter, sign, "broken"), now=now)


def _take(account: ChannelAccount, mail: Mailbox, letter: Letter, now: datetime) -> int:
    named = letter.message_id
    if named and _is_known(account, sign_of(named)):
        return 0
    is_large = letter.size > MOST_BYTES
    raw = b"" if is_large else mail.source(letter.uid)
    if not raw and not is_large:
        return 0  # gone meanwhile
    sign = sign_of(
        named or (f"{letter.sender} {letter.subject} {letter.size}" if is_large else raw.decode("latin-1"))
    )
    try:
        if is_large:
            raise LetterUnreadable("large")
        read = read_letter(raw)
    except LetterUnreadable as bad:
        return _keep(account, sign, _unread(letter, sign, bad.code), now=now)
    own = {account.settings["address"].lower(), account.settings["login"].lower()}
    if read.robot or read.sender in own or not read.sender:
        # Nobody wrote it: answering machines makes circles. A letter of ours that came back is told at its line.
        log.info("letter of nobody", why=read.robot or "sender", account=account.pk)
        return _nobodys(account, sign, raw if read.robot == "bounce" else b"", now=now)
    return _keep(account, sign, read, now=now)


@transaction.atomic
def _is_known(account: ChannelAccount, sign: str) -> bool:
    return ChannelNews.objects.filter(account=account, sign=sign).exists()


@transaction.atomic
def _nobodys(account: ChannelAccount, sign: str, raw: bytes, *, now: datetime) -> int:
    _row, is_new = ChannelNews.objects.get_or_create(account=account, sign=sign, defaults={"at": now})
    if is_new:
        for talk, number, part in ours_in(raw[:MOST_BOUNCE].decode("latin-1"))[:1]:
            rows = OutsideLine.objects.filter(account=account, talk__public_id=talk, line__number=number, part=part)
            for row_id in rows.values_list("id", flat=True):
                bounced(row_id, now=now)
    return 0


@transaction.atomic
def _keep(account: ChannelAccount, sign: str, read: ReadLetter | Came, *, now: datetime) -> int:
    """Add a letter to its thread's talk, or begin one; known already, or of a blocked sender, it adds nothing."""
    row, is_new = ChannelNews.objects.get_or_create(account=account, sign=sign, defaults={"at": now})
    if not is_new:
        return 0
    came = read if isinstance(read, Came) else _came(find_thread(account, read), read, sign)
    if people.is_blocked(came.sender):
        return 0
    row.talk = receive(account, "email", came, now=now)
    row.save(update_fields=["talk"])
    return 1


def _came(talk: Talk | None, read: ReadLetter, sign: str) -> Came:
    said, quoted = split_quote(read.text)
    return Came(
        talk.outside if talk is not None else sign, read.message_id[:255] or sign, said or _("(no text)"),
        name=read.sender_name if talk is None or read.sender == talk.email else "", email=read.sender,
        language=translation.get_language() or "ru", is_sure=not read.is_doubtful,
        files=tuple(_file(one) for one in read.files), subject=read.subject, sender=read.sender, quoted=quoted,
    )  # fmt: skip


def _unread(letter: Letter, sign: str, code: str) -> Came:
    """Return a letter that cannot be read: who sent it, and why not."""
    address = letter.sender.rpartition("<")[2].rstrip("> ").lower()[:254]
    why = {"large": _("it is too large"), "nested": _("its parts lie too deep")}.get(code, _("it is broken"))
    text = _("This letter could not be read: %(why)s. Look into the mailbox.") % {"why": why}
    return Came(sign, letter.message_id[:255] or sign, text, email=address, subject=letter.subject, sender=address)


def _file(one: LetterFile) -> CameFile:
    if one.is_inline:
        return CameFile(one.name, 0, "", "")
    try:
        found = check_upload(one.name, io.BytesIO(one.body))
    except Invalid as refusal:
        return CameFile(one.name, len(one.body), "", refusal.message)
    return CameFile(found.name, found.size, found.content_type, body=one.body)


@transaction.atomic
def _settle(state: ChannelState, result: str, code: str, words: str, now: datetime) -> None:
    rows = ChannelState.objects.filter(pk=state.pk)
    rows.update(state=result, code=code[:30], words=words[:300], looked_at=now)


def _explained(problem: Exception) -> tuple[str, str]:
    if isinstance(problem, outgoing.OutgoingRefused | outgoing.OutgoingFailed):
        return "", outgoing.explain(problem)
    if isinstance(problem, MailRefused):
        return "bad_login", str(problem)
    return "broken", ""
