"""Verbs over sites."""

from voronka.site.services.judging import judge, judge_due
from voronka.site.services.naming import bind
from voronka.site.services.requests import know_sender
from voronka.site.services.sites import SiteDraft, renew_secret, reveal_secret, save_site

__all__ = ["SiteDraft", "bind", "judge", "judge_due", "know_sender", "renew_secret", "reveal_secret", "save_site"]
