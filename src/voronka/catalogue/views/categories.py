"""The tree of categories."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.catalogue import services
from voronka.catalogue.forms import CategoryForm, take, typed
from voronka.catalogue.models import Category
from voronka.catalogue.permissions import EDIT, SEE
from voronka.catalogue.queries.tree import list_tree
from voronka.kit.errors import NotFound
from voronka.kit.screens import actor_of, signed_in


@signed_in
@require_http_methods(["GET", "POST"])
def category_list(request: HttpRequest) -> HttpResponse:
    """Show the tree, and a form for one more category."""
    actor = actor_of(request)
    actor.require(SEE)
    form = CategoryForm(typed(request), initial={"parent": request.GET.get("in", "")[:12]})
    if request.method == "POST":
        actor.require(EDIT)
        if take(form, lambda: services.save_category(actor=actor, **form.cleaned_data)):
            messages.success(request, _("Category added: %(name)s") % {"name": form.cleaned_data["name"]})
            return redirect("catalogue:categories")
    context = {"tree": list_tree(), "form": form, "may_edit": actor.may(EDIT)}
    return render(request, "catalogue/category_list.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def category_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Rename a category or move it into another one."""
    actor = actor_of(request)
    actor.require(EDIT)
    row = Category.objects.select_related("parent").filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such category."))
    initial = {"name": row.name, "parent": row.parent.public_id if row.parent else ""}
    form = CategoryForm(typed(request), initial=initial)
    if request.method == "POST" and take(
        form, lambda: services.save_category(actor=actor, public_id=public_id, **form.cleaned_data)
    ):
        messages.success(request, _("Saved"))
        return redirect("catalogue:categories")
    return render(
        request, "catalogue/category_edit.html", {"row": row, "form": form}, status=422 if form.errors else 200
    )


@signed_in
@require_POST
def category_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Move a category up or down among its neighbours, or with `to` delete it: its goods go to the one above."""
    actor, to = actor_of(request), request.POST.get("to", "")
    if to == "delete":
        services.delete_category(actor=actor, public_id=public_id)
        messages.success(request, _("The category is deleted; its goods lie one step higher now."))
    else:
        services.move_category(actor=actor, public_id=public_id, by=-1 if to == "up" else 1)
    return redirect("catalogue:categories")
