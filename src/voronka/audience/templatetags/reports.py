"""Tags of the reports: `{% load reports %}`. A table has hundreds of these, so they are made without templates."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from voronka.audience.rules.pictures import Shift
from voronka.audience.views.pieces import Cell

register = template.Library()


@register.simple_tag
def figure(cell: Cell) -> SafeString:
    """Show a figure: a link to what stands behind it where there is something, red where it is bad."""
    if cell.url:
        late = " v-late" if cell.is_bad else ""
        return format_html('<a class="v-rep-figure{}" href="{}">{}</a>', late, cell.url, cell.text)
    return format_html('<span class="v-late">{}</span>' if cell.is_bad else "{}", cell.text)


@register.simple_tag
def shift_picture(shift: Shift) -> SafeString:
    """Draw before and after on one line; coordinates are our own figures."""
    worse = " is-worse" if shift.is_worse else ""
    parts = [
        f'<svg class="v-shift{worse}" viewBox="0 0 104 16" width="104" height="16" aria-hidden="true">'
        '<path class="v-shift-base" d="M6 8.5H98"/>'
    ]
    if shift.norm:
        parts.append(f'<path class="v-shift-norm" d="M{shift.norm} 2V15"/>')
    if shift.was and shift.now:
        parts.append(f'<path class="v-shift-way" d="M{shift.was} 8.5H{shift.now}"/>')
    if shift.was:
        parts.append(f'<circle class="v-shift-was" cx="{shift.was}" cy="8.5" r="3.5"/>')
    if shift.now:
        parts.append(f'<circle class="v-shift-now" cx="{shift.now}" cy="8.5" r="4.5"/>')
    return mark_safe("".join([*parts, "</svg>"]))  # noqa: S308 - nothing in it was typed by anybody
