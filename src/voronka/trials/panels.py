"""What tests put on shared screens: their section, and the notices that one has ended or went wrong."""

from collections.abc import Mapping, Sequence

from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.kit.actors import Actor
from voronka.kit.notices import NoticeSeed, ToldNotice, tells_notice
from voronka.kit.screens import Section, register_section
from voronka.trials.models import Trial
from voronka.trials.permissions import SEE
from voronka.trials.queries.words import outcome
from voronka.trials.services.judging import ENDED, SKEWED

register_section(Section("trials", gettext_lazy("A/B tests"), reverse_lazy("trials:trials"), order=46, right=SEE))


def _seen(seeds: Sequence[NoticeSeed], actor: Actor) -> dict[int, Trial]:
    return Trial.objects.in_bulk([one.subject_id for one in seeds]) if actor.may(SEE) else {}


@tells_notice(ENDED)
def tell_ended(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell of tests that have ended by themselves."""
    rows, told = _seen(seeds, actor), {}
    for seed in seeds:
        row = rows.get(seed.subject_id)
        if row is not None:
            what = _("The test “%(name)s” has ended") % {"name": row.name}
            url = reverse("trials:trial", args=[row.public_id])
            told[seed.id] = ToldNotice(what, outcome(row), url, "trophy" if row.winner else "arrows-split")
    return told


@tells_notice(SKEWED)
def tell_skewed(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell of tests whose arms are not shown in their shares."""
    rows, told = _seen(seeds, actor), {}
    for seed in seeds:
        row = rows.get(seed.subject_id)
        if row is not None:
            what = _("The test “%(name)s” shows its arms out of their shares") % {"name": row.name}
            url = reverse("trials:trial", args=[row.public_id])
            told[seed.id] = ToldNotice(what, _("It is judged no more: look why."), url, "alert-triangle")
    return told
