"""What screens and programs may ask of automations."""

from voronka.flows.queries.automations import (
    Figures,
    NodeFigures,
    SceneFigures,
    figures_of,
    get_automation,
    is_any_doing,
    is_any_on,
    list_automations,
    node_figures,
    public_ids,
    scene_figures,
    shown_maps,
    way_figures,
)
from voronka.flows.queries.runs import RunPage, get_run, list_runs, log_of, names_of

__all__ = [
    "Figures",
    "NodeFigures",
    "RunPage",
    "SceneFigures",
    "figures_of",
    "get_automation",
    "get_run",
    "is_any_doing",
    "is_any_on",
    "list_automations",
    "list_runs",
    "log_of",
    "names_of",
    "node_figures",
    "public_ids",
    "scene_figures",
    "shown_maps",
    "way_figures",
]
