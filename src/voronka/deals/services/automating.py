"""Steps that automations run on a deal: on its draft, written once, as by a press but without a button."""

from django.utils.translation import gettext as _

from voronka.deals import events
from voronka.deals.models import Deal
from voronka.deals.services import required
from voronka.deals.services.drafts import DealDraft
from voronka.deals.services.locking import calling_hours, locked_deal
from voronka.deals.services.next_steps import write_next_step
from voronka.deals.services.own_fields import field_codes, put_fields
from voronka.flows.ports import Act
from voronka.kit.errors import Refusal
from voronka.kit.events import Event, publish
from voronka.kit.steps import Effect, StepContext, run_steps
from voronka.kit.subjects import Subject
from voronka.people import services as people


def run_on_deal(act: Act) -> list[Effect]:
    """Run steps on a deal inside the caller's transaction and write what they changed.

    A deal that is closed is not opened again. Raises Refusal where a step needs an open one, FieldsNeeded where a stage
    that it would come to demands what stands empty.
    """
    rows = Deal.objects.filter(pk=act.subject_id)
    if act.dry:
        deal = rows.select_related("client", "stage", "pipeline", "open_task", "company", "responsible").get()
    else:
        deal = locked_deal(rows.values_list("public_id", flat=True).get())
    needs = required.needs_of(deal, act.steps, act.actor)
    if needs:
        # Nobody is there to be asked: the walk tries again, then stands still with these words till a person fills in.
        said = _("The stage demands %(names)s: fill it in, then let the automation try again.")
        message = said % {"names": ", ".join(f"“{one.name}”" for one in needs)}
        raise required.FieldsNeeded(message, fields={one.code: _("needed at this stage") for one in needs})
    draft = DealDraft(deal, calling_hours(deal), act.now)
    context = StepContext(
        subject=Subject("deal", deal.pk), client_id=deal.client_id, actor=act.actor, now=act.now, cause=act.cause,
        draft=draft, dry=act.dry, own=dict(deal.fields),
        facts={"title": deal.title, "sum": str(deal.sum or ""), "stage": deal.stage.name},
    )  # fmt: skip
    effects = run_steps(act.steps, context)
    if not act.dry:
        _write(deal, draft, act)
    return effects


def _write(deal: Deal, draft: DealDraft, act: Act) -> None:
    changed = draft.before()
    if (draft.next_step is not None or draft.closed) and deal.open_task_id is None:
        raise Refusal(_("The deal is closed already."), code="deal_closed")
    old_stage = changed.get("stage_id", deal.stage_id)
    task_id = deal.open_task_id
    if draft.next_step is not None or draft.closed:
        task_id = write_next_step(deal, draft, act.now)
        deal.open_task_id = task_id
    own_before = put_fields(deal, draft.own)
    columns = [column.removesuffix("_id") for column in changed] + (["fields"] if own_before else [])
    deal.save(update_fields=[*columns, "open_task"])
    if draft.custom:
        people.set_custom_fields(actor=act.actor, client_id=deal.client_id, values=draft.custom, now=act.now)
    found: list[Event] = []
    if "stage_id" in changed:
        found.append(
            events.StageChanged(
                deal_id=deal.pk, client_id=deal.client_id, from_stage_id=old_stage, to_stage_id=deal.stage_id
            )
        )
    if own_before:
        found.append(events.DealChanged(deal_id=deal.pk, client_id=deal.client_id, fields=field_codes(own_before)))
    if "responsible_id" in changed:
        found.append(
            events.ResponsibleChanged(
                deal_id=deal.pk, client_id=deal.client_id, from_employee_id=changed["responsible_id"],
                to_employee_id=deal.responsible_id,
            )
        )  # fmt: skip
    if draft.next_step is not None and task_id is not None:
        step = draft.next_step
        found.append(
            events.NextStepSet(
                deal_id=deal.pk, client_id=deal.client_id, task_id=task_id, kind=step.kind, at=step.at.isoformat(),
                promised=step.promised,
            )
        )  # fmt: skip
    if draft.closed:
        found.append(
            events.DealClosed(
                deal_id=deal.pk, client_id=deal.client_id, state=deal.state, currency=deal.currency,
                sum=str(deal.sum) if deal.sum is not None else None, reason=draft.loss_code,
            )
        )  # fmt: skip
    publish(*found, cause=act.cause, at=act.now)
