"""Filters and tags of the screen kit: `{% load kit %}`. The rules themselves are in `kit.wording` and `kit.shapes`."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from voronka.kit import shapes, wording

register = template.Library()


def _lang() -> str:
    return wording.tongue(get_language())


def _figure(value: object) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


@cache
def _sprite() -> str:
    return escape(static("vendor/icons.svg"))


@register.simple_tag
def icon(name: str, size: str = "", title: str = "") -> SafeString:
    """An icon of the sprite (names of Tabler, listed in kit/icons.txt); `size` "s" is 16 px.

    Decorative unless a title is given.
    """
    if title:
        look, link = f"v-icon v-icon--{size}" if size else "v-icon", f"{_sprite()}#i-{name}"
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', look, title, link)
    return _plain_icon(str(name), str(size))


@lru_cache(maxsize=1024)
def _plain_icon(name: str, size: str) -> SafeString:
    """An icon without a title: a page has a hundred of a few dozen."""
    look = f"v-icon v-icon--{size}" if size else "v-icon"
    markup = f'<svg class="{escape(look)}" aria-hidden="true"><use href="{_sprite()}#i-{escape(name)}"/></svg>'
    return mark_safe(markup)  # noqa: S308  both names are escaped


@register.filter
def number(value: object, digits: int | None = None) -> str:
    """`{{ n|number }}`: thin spaces in thousands, decimal sign of the language."""
    figure = _figure(value)
    return str(value) if figure is None else wording.number(figure, _lang(), digits=digits)


@register.filter
def money(value: object, currency: str = "RUB") -> SafeString | str:
    """`{{ sum|money }}` or `{{ sum|money:deal.currency }}`: "184 000 ₽", not broken over lines."""
    figure = _figure(value)
    if figure is None:
        return ""
    return format_html('<span class="v-sum">{}</span>', wording.money(figure, currency or "RUB", _lang()))


@register.filter
def money_signed(value: object, currency: str = "RUB") -> SafeString | str:
    """Like `money`, with a plus on income."""
    figure = _figure(value)
    if figure is None:
        return ""
    text = wording.money(figure, currency or "RUB", _lang(), signed=True)
    return format_html('<span class="v-sum">{}</span>', text)


@register.filter
def phone(value: str) -> str:
    """`{{ number|phone }}`: "+7 391 200-00-01"."""
    return wording.phone(str(value or ""))


@register.filter
def clock(value: datetime, zone: str) -> str:
    """`{{ at|clock:zone }}`: "9:05" in that zone."""
    return wording.clock(value, zone)


@register.filter
def clock_face(value: datetime, zone: str) -> str:
    """`{{ at|clock_face:zone }}`: "09:05" in that zone."""
    return wording.clock(value, zone, face=True)


@register.filter
def hour_of_day(value: datetime, zone: str) -> float:
    """The moment as hours of its day in a zone: 16.07."""
    local = value.astimezone(ZoneInfo(zone))
    return local.hour + local.minute / 60


@register.simple_tag
def moment_words(value: datetime, zone: str, now: datetime | None = None) -> str:
    """`{% moment_words at zone now %}`: "сегодня в 16:00"."""
    return wording.moment(value, zone, now or timezone.now(), _lang())


@register.simple_tag
def two_clocks(value: datetime, client_zone: str, my_zone: str, now: datetime | None = None) -> str:
    """`{% two_clocks at client_zone my_zone now %}`: "в 16:34 у клиента, 12:34 у вас"."""
    return wording.two_clocks(value, client_zone, my_zone, now or timezone.now(), _lang())


@register.simple_tag
def offset(client_zone: str, my_zone: str, at: datetime | None = None) -> str:
    """`{% offset client_zone my_zone now %}`: "+4 ч"; empty when the clocks agree."""
    return wording.offset(at or timezone.now(), client_zone, my_zone, _lang())


@register.simple_tag
def day_words(value: date, today: date) -> str:
    """`{% day_words day today %}`: "завтра", "20 марта"."""
    return wording.day(value, today, _lang())


@register.simple_tag
def day_head(value: date, today: date) -> str:
    """`{% day_head day today %}`: "Вторник, 10 марта"."""
    return wording.day_head(value, today, _lang())


@register.filter
def short_day(value: date) -> str:
    """The weekday in two or three letters."""
    return wording.short_day(value, _lang())


@register.filter
def duration(seconds: float) -> str:
    """`{{ seconds|duration }}`: "4 мин", "3 ч 56 мин"."""
    return wording.duration(seconds, _lang())


@register.filter
def nth_day(n: int) -> str:
    """`{{ 3|nth_day }}`: "3-й день"."""
    return wording.nth_day(int(n), _lang())


@register.filter
def plural(n: int, forms: str) -> str:
    """`{{ n|plural:"клиент,клиента,клиентов" }}`: the form alone; whole sentences belong to gettext."""
    return wording.plural(n, forms.split(","), _lang())


@register.filter
def initials(name: str) -> str:
    """Two letters for a face."""
    return wording.initials(str(name or ""))


@register.filter
def short_name(name: str) -> str:
    """ "Смирнова А. П."."""
    return wording.short_name(str(name or ""))


@register.filter(is_safe=False)
def typo(value: object) -> SafeString:
    """No-break spaces, dashes and quotes where the language wants them; works on text and on safe mark-up."""
    text = value if isinstance(value, SafeString) else conditional_escape("" if value is None else str(value))
    return mark_safe(wording.typo_html(text, _lang()))  # noqa: S308  escaped above


@register.filter
def as_json(value: object) -> str:
    """A value for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def item(value: Sequence[object], index: int) -> object:
    """An element by number, None outside the list."""
    try:
        return value[index]
    except (IndexError, TypeError):
        return None


@register.simple_tag
def scale(
    now: float, call: Sequence[float], work: Sequence[float] | None = None, meet: Sequence[float] | None = None
) -> shapes.Scale:
    """Geometry of the clock's scale."""
    return shapes.scale(float(now), call or (), work or (), meet or ())


@register.simple_tag
def load_columns(hours: Sequence[Sequence[int]], now: int | None = None) -> list[shapes.LoadHour]:
    """Geometry of the day's load from (hour, done, planned)."""
    return shapes.load(hours or (), -1 if now is None else int(now))


@register.simple_tag
def queue_ticks(done: int, left: int, promised: int = 0) -> list[shapes.Stroke]:
    """Geometry of the queue's ticks."""
    return shapes.strokes(shapes.queue(int(done or 0), int(left or 0), int(promised or 0)), 14)


@register.simple_tag
def ribbon_strokes(ribbon: shapes.Ribbon) -> list[shapes.Stroke]:
    """The ticks of a ribbon, one path a kind."""
    return shapes.strokes(ribbon.ticks, 92)


@register.simple_tag
def ribbon_marks(presses: Sequence[Sequence[object]], start: int, end: int, now: float) -> shapes.Ribbon:
    """Geometry of the day's ribbon."""
    return shapes.ribbon(presses or (), int(start), int(end), float(now))


@register.simple_tag
def run_ticks(done: int, total: int, late: Sequence[int] | None = None) -> list[shapes.Stroke]:
    """Geometry of a run's hundred ticks."""
    return shapes.strokes(shapes.progress_ticks(int(done), int(total), late or ()), 40)


@register.filter
def ring_dash(share: float) -> str:
    """Dash array of the completeness ring."""
    return shapes.ring(float(share or 0))


@register.filter
def bar_width(value: float, arguments: str) -> str:
    """`{{ n|bar_width:"2.2,44" }}`: points per unit, largest width."""
    unit, largest = (float(part) for part in arguments.split(","))
    return shapes.at(min(largest, float(value or 0) * unit))


@register.filter
def rest(value: float, whole: float) -> str:
    """What remains of a height: `{{ tall|rest:58 }}`."""
    return shapes.at(float(whole) - float(value or 0))


@register.simple_tag
def client_clock(now: datetime, zone: str, my_zone: str, call: Sequence[float]) -> shapes.ClockFace:
    """What the client's clock says: hour, sky, limits and the time left, in words of the language."""
    hour = hour_of_day(now, zone)
    sky = shapes.sky(hour, call)
    left = 0 if sky == "night" else round((float(call[1]) - hour) * 60) * 60
    return shapes.ClockFace(
        hour=hour,
        sky=sky,
        icon=shapes.SKY_ICONS[sky],
        offset=wording.offset(now, zone, my_zone, _lang()),
        opens=wording.hour_text(float(call[0])),
        shuts=wording.hour_text(float(call[1])),
        left=wording.duration(left, _lang()) if left else "",
    )


@register.filter
def hour_spans(ends: Sequence[float]) -> str:
    """Return stretches of a day, given as beginnings and ends in hours, in words: 9:00–13:00, 14:00–18:00."""
    pairs = zip(ends[::2], ends[1::2], strict=False)
    return ", ".join(f"{wording.hour_text(float(a))}–{wording.hour_text(float(b))}" for a, b in pairs)


@register.simple_tag
def sky_lanes(now: datetime, my_zone: str = "Europe/Moscow") -> shapes.SkyLanes:
    """Eleven zones of Russia on the scale of my day, for the page of signing in."""
    rows = []
    open_now = 0
    for zone, ru, en in wording.RUSSIAN_ZONES:
        gap = wording.offset_minutes(now, zone, my_zone) / 60
        sky = shapes.sky(hour_of_day(now, zone), (9, 20))
        open_now += sky != "night"
        rows.append((ru if _lang() == "ru" else en, gap, sky, wording.clock(now, zone, face=True)))
    place = next((ru if _lang() == "ru" else en for zone, ru, en in wording.RUSSIAN_ZONES if zone == my_zone), "")
    clock_text = wording.clock(now, my_zone)
    return shapes.sky_lanes(
        rows,
        hour_of_day(now, my_zone),
        title=wording.sky_title(open_now, len(rows), _lang()),
        mine=wording.sky_mine(clock_text, place, _lang()),
    )


@register.simple_tag
def age_marks(days: int, norm: int = 5) -> list[str]:
    """Classes of the ticks of an age: past days solid, over the norm red, the rest open."""
    return shapes.age(int(days or 0), int(norm or 5))


@register.simple_tag
def dot_marks(now: int, of: int) -> list[str]:
    """Classes of the dots of a stage; `now` beyond `of` means closed."""
    return shapes.dots(int(now), int(of))


@register.simple_tag
def hour_bars(tasks: int) -> shapes.HourBar:
    """Geometry of one hour of the strip, standing and lying."""
    return shapes.hour_bar(int(tasks or 0))


@register.simple_tag
def toast_dash(left: float | str, seconds: float) -> str:
    """Dash array of the toast's ring."""
    return shapes.ring(float(left or seconds) / float(seconds or 1) * 100, 12)


@register.simple_tag
def percent(done: int, total: int) -> int:
    """Whole per cent, 0 of nothing, 100 only when all is done."""
    return shapes.percent(int(done or 0), int(total or 0))


@register.simple_tag
def bound(field: BoundField) -> dict[str, object]:
    """A form field ready for `c-v.formfield`: widget with its descriptions, errors, whether it is a tick."""
    why_id = f"{field.auto_id or field.name}-why"
    attrs: dict[str, str | bool] = {}
    errors = list(field.errors)
    if errors or field.help_text:
        attrs["aria-describedby"] = why_id
    if errors:
        attrs["aria-invalid"] = "true"
    widget = field.field.widget
    return {
        "widget": field.as_widget(attrs=attrs),
        "errors": errors,
        "why_id": why_id,
        "tick": getattr(widget, "input_type", "") == "checkbox" and not hasattr(widget, "choices"),
    }
