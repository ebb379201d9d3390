"""Verbs over sites."""

from voronka.site.services.sites import SiteDraft, save_site

__all__ = ["SiteDraft", "save_site"]
