"""Automations, versions of their maps, walks through them and what happened on the way."""

from voronka.flows.models.automations import Automation, AutomationVersion
from voronka.flows.models.runs import Matched, Run, RunStep, Sweep

__all__ = ["Automation", "AutomationVersion", "Matched", "Run", "RunStep", "Sweep"]
