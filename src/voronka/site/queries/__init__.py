"""What screens and other parts may ask of sites."""

from voronka.site.permissions import SEE
from voronka.site.queries.sites import public_ids
from voronka.site.queries.visitors import VisitNow, now_on

__all__ = ["SEE", "VisitNow", "now_on", "public_ids"]
