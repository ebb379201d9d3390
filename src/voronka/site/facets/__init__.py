"""What conditions may ask: of clients what they do on the site, of visitors the visit they are in."""

from voronka.site.facets import clients as clients
from voronka.site.facets import visitors as visitors
