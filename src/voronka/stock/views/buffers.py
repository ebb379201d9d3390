"""Buffers set by hand, by a file, reckoned from what went in the last ninety days."""

import tempfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.tables import TableError, explain
from voronka.stock import services
from voronka.stock.models import Place
from voronka.stock.permissions import ORDER
from voronka.stock.queries import places as own_places
from voronka.stock.queries.replenishing import Level, find_level
from voronka.stock.rules import quantities
from voronka.stock.services.buffer_files import MOST_BYTES
from voronka.stock.services.refusals import quantity_words


class QuantityField(forms.CharField):
    """A quantity as people write it; nothing of an empty field is `empty_means`."""

    def __init__(self, *, empty_means: Decimal | None = None, **more: Any) -> None:
        super().__init__(required=empty_means is None, max_length=30, **more)
        self.empty_means = empty_means

    def clean(self, value: Any) -> Decimal:  # what a browser sends
        """Return the quantity. Raises ValidationError in words."""
        text = str(super().clean(value)).strip()
        if self.empty_means is not None and text in {"", "0"}:
            return self.empty_means
        try:
            return quantities.parse(text)
        except ValueError as error:
            raise forms.ValidationError(quantity_words(str(error))) from error


class BufferForm(forms.Form):
    """A buffer as it is typed; the service checks it. `origin` is s or p with the id of a supplier or place."""

    code = forms.CharField(label=gettext_lazy("Article or barcode"), max_length=60)
    place = forms.ChoiceField(label=gettext_lazy("Place"))
    target = QuantityField(label=gettext_lazy("How many should be there"))
    origin = forms.ChoiceField(label=gettext_lazy("It comes from"), required=False)
    lead_days = forms.IntegerField(
        label=gettext_lazy("Days on the way"), required=False, min_value=0, max_value=730,
        help_text=gettext_lazy("Empty: as the supplier takes."),
    )  # fmt: skip
    min_lot = QuantityField(label=gettext_lazy("Not less than"), empty_means=Decimal(0))
    multiple = QuantityField(label=gettext_lazy("By so many"), empty_means=Decimal(1))

    def __init__(self, *args: Any, places: list[Place], is_new: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["place"].choices = [(one.public_id, one.name) for one in places]  # type: ignore[attr-defined]
        suppliers = [(f"s{pk}", name) for pk, _public, name in catalogue.supplier_choices()]
        origins = [("", _("the supplier who asks least")), *suppliers]
        origins += [(f"p{one.pk}", _("from “%(name)s”") % {"name": one.name}) for one in places]
        self.fields["origin"].choices = origins  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["code"], self.fields["place"]


def _places(actor: Actor) -> list[Place]:
    return [one for one in own_places(actor) if not one.name.startswith("@")]


def _initial(level: Level | None, request: HttpRequest) -> dict[str, Any]:
    if level is None:
        return {"place": request.GET.get("place", ""), "multiple": "1"}
    origin = f"p{level.source_id}" if level.source_id else f"s{level.supplier_id}" if level.supplier_id else ""
    numbers = {name: f"{getattr(level, name).normalize():f}" for name in ("target", "min_lot", "multiple")}
    return {**numbers, "origin": origin, "lead_days": level.own_lead_days}


@signed_in
@require_http_methods(["GET", "POST"])
def buffer_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Set a buffer, a new one or one that is there."""
    actor = actor_of(request)
    actor.require(ORDER)
    level = find_level(public_id) if public_id else None
    if public_id and level is None:
        raise NotFound(_("There is no such buffer."))
    places = _places(actor)
    form = BufferForm(
        request.POST if request.method == "POST" else None, initial=_initial(level, request), places=places,
        is_new=level is None,
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        place = level.place_id if level else {one.public_id: one.pk for one in places}[form.cleaned_data["place"]]
        if _saved(form, level, place, actor):
            messages.success(request, _("The buffer is set"))
            return redirect(_back(place))
    context = {"form": form, "level": level, "back": _back(level.place_id) if level else reverse("stock:replenish")}
    return render(request, "stock/buffer_edit.html", context, status=422 if form.errors else 200)


def _saved(form: BufferForm, level: Level | None, place: int, actor: Actor) -> bool:
    values: Mapping[str, Any] = form.cleaned_data
    variant = level.variant_id if level else catalogue.ids_by_codes([values["code"]]).get(values["code"])
    if variant is None:
        form.add_error("code", _("There are no goods of this article."))
        return False
    origin = values["origin"]
    draft = services.BufferDraft(
        variant, place, values["target"], values["lead_days"], values["min_lot"], values["multiple"],
        int(origin[1:]) if origin.startswith("s") else None, int(origin[1:]) if origin.startswith("p") else None,
    )  # fmt: skip
    try:
        services.save_buffers([draft], actor=actor, now=timezone.now())
    except Invalid as refused:
        names = {"variant": "code", "source": "origin", "supplier": "origin"}
        for key, words in refused.fields.items():
            name = key.partition(".")[2]
            name = names.get(name, name)
            form.add_error(name if name in form.fields else None, words)
        return False
    return True


def _back(place_id: int) -> str:
    public_id = Place.objects.values_list("public_id", flat=True).get(pk=place_id)
    return f"{reverse('stock:replenish')}?{urlencode({'place': public_id})}"


@signed_in
@require_POST
def buffer_drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep no buffer of it any more."""
    services.drop_buffer(public_id, actor=actor_of(request))
    messages.success(request, _("There is no buffer of it any more"))
    return redirect("stock:replenish")


@signed_in
@require_POST
def buffers_propose(request: HttpRequest) -> HttpResponse:
    """Reckon the buffers that a place lacks from what went out of it in ninety days."""
    actor = actor_of(request)
    place = next((one for one in _places(actor) if one.public_id == request.POST.get("place")), None)
    if place is None:
        raise NotFound(_("There is no such place."))
    made = services.propose_buffers(place.pk, actor=actor, now=timezone.now())
    if made:
        said = ngettext("%(n)d buffer is reckoned", "%(n)d buffers are reckoned", made) % {"n": made}
    else:
        said = _("Nothing without a buffer went out of there in 90 days")
    messages.success(request, said)
    return redirect(_back(place.pk) if made else "stock:replenish")


@signed_in
@require_http_methods(["GET", "POST"])
def buffers_file(request: HttpRequest) -> HttpResponse:
    """Take buffers from a table: all of its lines or none, with what is wrong by rows."""
    actor = actor_of(request)
    actor.require(ORDER)
    places, problems, error = _places(actor), [], ""
    if request.method == "POST":
        try:
            made = _loaded(request, actor, places)
        except TableError as problem:
            error = explain(problem)
        except Invalid as refused:
            problems, error = list(refused.fields.values()), "" if refused.fields else refused.message
        else:
            values = {"new": made.new, "changed": made.changed}
            messages.success(request, _("New buffers: %(new)d, changed: %(changed)d") % values)
            return redirect("stock:replenish")
    context = {
        "places": [("", _("as the file says")), *((one.public_id, one.name) for one in places)],
        "problems": problems, "error": error,
    }  # fmt: skip
    return render(request, "stock/buffers_file.html", context, status=422 if error or problems else 200)


def _loaded(request: HttpRequest, actor: Actor, places: list[Place]) -> services.BufferLoad:
    sent = request.FILES.get("file")
    if sent is None:
        raise Invalid(_("Choose a file."), code="no_file")
    if (sent.size or 0) > MOST_BYTES:
        raise Invalid(_("The file is over 20 MB."), code="too_big")
    place = next((one.pk for one in places if one.public_id == request.POST.get("place")), None)
    with tempfile.TemporaryDirectory(prefix="voronka-buffers-") as folder:
        path = Path(folder) / "table"
        with path.open("wb") as file:
            for chunk in sent.chunks():
                file.write(chunk)
        return services.load_buffers(path, actor=actor, now=timezone.now(), place_id=place)
