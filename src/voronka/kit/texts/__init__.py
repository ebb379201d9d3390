"""Texts that people write with places for values (Liquid): checked while they are edited, filled in a caged child."""

from .parcel import Value
from .problems import Problem, ProblemCode, TextError, explain
from .renderer import check_template, render, render_many

__all__ = ["Problem", "ProblemCode", "TextError", "Value", "check_template", "explain", "render", "render_many"]
