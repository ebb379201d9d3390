"""What begins automations: what clients do on the site, and what visitors do on a page."""

from voronka.site.triggers import clients as clients
from voronka.site.triggers import visitors as visitors
