"""A mark put into every name and text that people may type, for walks that look for it on the pages."""

from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from voronka.kit.tenancy import walls

WORDS = {
    "name", "first_name", "last_name", "middle_name", "title", "label", "comment", "text", "message", "city",
    "subject", "body", "first_source", "raw", "note", "address_line",
}  # fmt: skip


# Columns of codes that are called as texts of people are.
CODES = {("deals.Walk", "subject"), ("people.CustomField", "subject")}


def mark_everything(mark: str, *, short: str = "") -> int:
    """Put the mark into every text of people of the current company; return how many columns hold it.

    A name gets the id of its row after the mark, so that names stay apart. `short` is the mark of the labels of
    buttons, which hold 18 signs.
    """
    marked = 0
    for model in walls.company_tables().values():
        if getattr(model, "append_only", False) or getattr(model, "written_by_trigger", False):
            continue
        fields = [one for one in model._meta.concrete_fields if one.name in WORDS or one.name == "tags"]
        fields = [one for one in fields if (model._meta.label, one.name) not in CODES]
        for row in model.objects.all():
            for field in fields:
                marked += _mark(row, field, mark)
            if fields:
                row.save(update_fields=[one.name for one in fields])
    texts = apps.get_model("people.CustomField").objects.filter(kind="text")
    codes = {subject: [one.code for one in texts.filter(subject=subject)] for subject in ("client", "deal")}
    apps.get_model("people.Client").objects.update(fields=dict.fromkeys(codes["client"], mark))
    for deal in apps.get_model("deals.Deal").objects.all():
        deal.fields |= dict.fromkeys(codes["deal"], mark)
        deal.save(update_fields=["fields"])
    for one in apps.get_model("deals.ButtonSet").objects.all():
        for button in one.buttons:
            button["label"] = short or mark
            for number, outcome in enumerate(button["outcomes"]):
                outcome["label"] = f"{mark}{number}"
        one.save(update_fields=["buttons"])
    for press in apps.get_model("deals.Press").objects.all():
        press.effects = [{**effect, "words": mark} for effect in press.effects]
        press.save(update_fields=["effects"])
    return marked


def _mark(row: models.Model, field: Any, mark: str) -> int:
    if isinstance(field, ArrayField):
        setattr(row, field.name, [mark])
    elif isinstance(field, models.CharField | models.TextField) and not field.choices:
        end = str(row.pk)
        setattr(row, field.name, mark[: (field.max_length or 1000) - len(end)] + end)
    return 1
