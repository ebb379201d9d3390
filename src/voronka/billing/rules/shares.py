"""A sum shared over the lines of a paper: the kit's way, which orders share sums by as well."""

from voronka.kit.shares import KOPECK, part_back, share

__all__ = ["KOPECK", "part_back", "share"]
