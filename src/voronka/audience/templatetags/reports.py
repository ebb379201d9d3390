"""Tags of the reports: `{% load reports %}`. A table has hundreds of these, so they are made without templates."""

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from voronka.audience.rules.pictures import Shift
from voronka.audience.views.pieces import Cell, TeamRow

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


@register.simple_tag
def team_row(row: TeamRow, *, is_sum: bool = False) -> SafeString:
    """Show a line of the team under the funnel."""
    cells = [_name(row), _number(row, "talks"), _shifts(row), _number(row, "sum"), _number(row, "overdue")]
    return _row(cells, is_sum=is_sum)


@register.simple_tag
def people_row(row: TeamRow, *, is_sum: bool = False) -> SafeString:
    """Show a line of the managers' report, with the outcomes of the presses as a strip."""
    cells = [_name(row), f"<td>{'' if is_sum else _mix(row)}</td>", _number(row, "presses"), _number(row, "talks")]
    cells += [_shifts(row), _number(row, "won"), _number(row, "sum"), _number(row, "overdue")]
    return _row(cells, is_sum=is_sum)


def _row(cells: list[str], *, is_sum: bool) -> SafeString:
    sums = ' class="is-sum"' if is_sum else ""
    return mark_safe(f"<tr{sums}>{''.join(cells)}</tr>")  # noqa: S308 - each cell has escaped what it shows


def _name(row: TeamRow) -> str:
    name = conditional_escape(row.name)
    return f'<td><a href="{conditional_escape(row.url)}">{name}</a></td>' if row.url else f"<td>{name}</td>"


def _number(row: TeamRow, code: str) -> str:
    return f'<td class="is-num">{figure(row.figures[code])}</td>'


def _shifts(row: TeamRow) -> str:
    answer, conversion = figure(row.figures["answer"]), figure(row.figures["conversion"])
    return (
        f'<td class="v-team-shift">{shift_picture(row.answer)}<span>{answer}</span></td>'
        f'<td class="v-team-shift">{shift_picture(row.conversion)}<span>{conversion}</span></td>'
    )


def _mix(row: TeamRow) -> str:
    parts = "".join(
        f'<rect class="is-{conditional_escape(code)}" x="{x}" width="{width}" height="12"/>'
        for code, x, width in row.outcomes
    )
    return f'<svg class="v-mix" viewBox="0 0 150 12" width="150" height="12" aria-hidden="true">{parts}</svg>'
