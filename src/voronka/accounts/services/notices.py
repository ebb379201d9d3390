"""Notices to employees: given once for each cause, read by their own."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from voronka.accounts.events import NoticeGiven
from voronka.accounts.models import Notice
from voronka.accounts.queries.notices import mentioned_colleagues
from voronka.kit.actors import Actor
from voronka.kit.events import publish


def notify(
    *,
    employee_ids: Sequence[int],
    code: str,
    subject_kind: str,
    subject_id: int,
    detail_id: int = 0,
    by: int | None,
    now: datetime,
    since: datetime | None = None,
) -> int:
    """Tell employees of something, each once for one cause; return how many were told now.

    `since` says when the cause arose anew: what was told before that gives way, read or not. The caller knows that
    they may see the record.
    """
    told = 0
    with transaction.atomic():
        for employee_id in sorted(set(employee_ids) - {by}):
            cause = {
                "employee_id": employee_id,
                "code": code,
                "subject_kind": subject_kind,
                "subject_id": subject_id,
                "detail_id": detail_id,
            }
            if since is not None:
                Notice.objects.filter(**cause, made_at__lt=since).delete()
            notice, is_new = Notice.objects.get_or_create(**cause, defaults={"by_id": by, "made_at": now})
            if is_new:
                publish(NoticeGiven(notice_id=notice.pk, to_employee_id=employee_id, code=code))
                told += 1
    return told


def mention(
    *,
    actor: Actor,
    text: str,
    subject_kind: str,
    subject_id: int,
    detail_id: int,
    may_see: Callable[[Actor], bool],
    now: datetime,
) -> int:
    """Tell the colleagues whom a text mentions and who may see its record; return how many were told."""
    reached = [one.person_id for one in mentioned_colleagues(actor, text) if may_see(one)]
    return notify(
        employee_ids=reached,
        code="mention",
        subject_kind=subject_kind,
        subject_id=subject_id,
        detail_id=detail_id,
        by=actor.employee_id,
        now=now,
    )


def read_notices(*, actor: Actor, public_ids: Sequence[str] | None = None, now: datetime) -> int:
    """Mark one's own notices as read, all of them where none is named; return how many were unread."""
    with transaction.atomic():
        found = Notice.objects.filter(employee_id=actor.person_id, read_at=None)
        if public_ids is not None:
            found = found.filter(public_id__in=[one for one in public_ids if one.isalnum()])
        return found.update(read_at=now)
