"""How steps are run on a visitor: those of the site know his page, those of clients want the client he is."""

from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.translation import gettext as _

from voronka.flows.ports import Act
from voronka.kit.steps import Effect, Step, StepContext, run_steps
from voronka.kit.subjects import Subject
from voronka.people import queries as people
from voronka.site.models import Visitor

C = TypeVar("C")
CODE, ENDS = "promo.code", "promo.ends"  # of letters (messaging.services.values) and of what a walk keeps


@dataclass(frozen=True, slots=True)
class VisitorOpener:
    """What steps get to open when they run on a visitor: the act, and his client's id, 0 while he is not known."""

    act: Act = field(repr=False)
    client_id: int

    def client_id_of(self) -> int:
        """Return the client's id (people.ports.IsClient)."""
        return self.client_id

    def capability(self, wanted: type[C]) -> C:
        """Return itself where it is of the wanted kind. Raises LookupError: a step that needs more suits no visitor."""
        if isinstance(self, wanted):
            return self
        raise LookupError(f"a visitor offers no {wanted.__name__}")


def run_for(act: Act) -> list[Effect]:
    """Run steps on a visitor; one that is for a client only is told as not happened while he is none."""
    client_id = Visitor.objects.filter(pk=act.subject_id).values_list("client_id", flat=True).first() or 0
    effects = []
    for step in act.steps:
        if VisitorOpener in step.needs:
            effects += run_steps([step], _context(act, Subject("visitor", act.subject_id), client_id))
        elif client_id:
            effects += run_steps([step], _context(act, Subject("client", client_id), client_id))
        else:
            effects.append(Effect("no_client", _unknown(step), happens=False))
    return effects


def _context(act: Act, subject: Subject, client_id: int) -> StepContext:
    facts = {name: str(act.kept[name]) for name in (CODE, ENDS) if name in act.kept}
    return StepContext(
        subject=subject, client_id=client_id, actor=act.actor, now=act.now, cause=act.cause,
        draft=VisitorOpener(act, client_id), facts=facts, dry=act.dry,
    )  # fmt: skip


def _unknown(step: Step) -> str:
    return _("%(step)s: nobody knows yet who the visitor is") % {"step": str(step.title)}


def visitor_words(row: Visitor) -> str:
    """Name a visitor: as the client he is, else by his number."""
    if row.client_id is not None:
        name = people.client_names([row.client_id]).get(row.client_id, "")
        if name:
            return name
    return _("Visitor %(sign)s") % {"sign": row.public_id[:4]}
