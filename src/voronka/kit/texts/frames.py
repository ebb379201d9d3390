"""Kinds of answers of the child that fills texts; apart, so that the parent need not import Liquid."""

READY, DONE, REFUSED = 1, 2, 3
