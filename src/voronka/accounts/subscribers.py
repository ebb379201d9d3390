"""What follows when somebody changes his second factor: his other sessions end. What open pages hear of notices.

A change of the password needs no listener: Django binds every session to the password's hash.
"""

from allauth.mfa import signals
from allauth.usersessions.models import UserSession
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from voronka.accounts.events import NoticeGiven
from voronka.kit.events import RecordedEvent
from voronka.kit.live import LiveMessage, shows


@shows("notice", NoticeGiven)
def show_notice(event: RecordedEvent) -> LiveMessage:
    """Tell the open pages of the one whom it concerns that there is something new."""
    return LiveMessage("notice", {"notice": event.subject_id}, frozenset([event.payload["to_employee_id"]]))


def end_other_sessions(*, request: HttpRequest, user: AbstractBaseUser, **_: object) -> None:
    """End every session of the person but the one he acts in."""
    for session in UserSession.objects.filter(user_id=user.pk).exclude(session_key=request.session.session_key):
        session.end()


for _signal in (signals.authenticator_added, signals.authenticator_removed, signals.authenticator_reset):
    _signal.connect(end_other_sessions, dispatch_uid="voronka.accounts.end_other_sessions")
