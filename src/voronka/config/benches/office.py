"""The company in which pages are measured: a million clients, 10,000 open deals, ninety days of presses and their log.

Whatever a page reads is there at its full size: a phone and own fields of every client, the log of every deal, and one
client about whom 10,000 things have been written down.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import psycopg
from django.db import transaction

from voronka.config.benches.frame import Staff, fill_quickly, owner_connection, rows_of
from voronka.config.benches.staff import staff_of
from voronka.deals.models import Stage
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context
from voronka.people import queries as people_queries
from voronka.people import services as people
from voronka.people.models import CustomField
from voronka.work import services as work

CLIENTS, OPEN, CLOSED, PRESSES, MANAGERS, BUSY = 1_000_000, 10_000, 36_000, 300_000, 40, 10_000
ZONES = ("Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Krasnoyarsk")
SEGMENTS = ("розница", "опт", "сеть", "тендер")
LEADS, TASKS, REMINDERS = 60, 20, 5
_AT = 7_000_000_000  # ids of the fill, which no other table's rows have
_TABLES = (
    "people_client, people_contactpoint, work_task, work_pool, work_callwindow, deals_deal, deals_press, kit_event,"
    " people_inboxlead, audience_dealfact, audience_stagetime, audience_pressday"
)


def office_of(scale: float, *, managers: int = MANAGERS) -> Staff:
    """Return the company of this scale and its people; made when it is not there. Raises SettingError."""
    staff = staff_of(f"office{rows_of(scale, CLIENTS)}", managers)
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM audience_dealfact WHERE company_id = %s)", [staff.company_id])
        if not (cursor.fetchone() or (False,))[0]:
            _fill(owner, cursor, staff, scale)
            cursor.execute(f"VACUUM (ANALYZE) {_TABLES}")
    return staff


def busy_client(staff: Staff) -> int:
    """Return the id of the client about whom most has been written down."""
    return _start_of(staff) + 1


def _start_of(staff: Staff) -> int:
    return _AT + staff.company_id * 10_000_000


def _fill(owner: psycopg.Connection, cursor: psycopg.Cursor, staff: Staff, scale: float) -> None:
    with company_context(staff.company_id, employee_id=staff.owner.employee_id):
        values = _values(staff, scale)
    fill_quickly(cursor)
    with owner.transaction():
        cursor.execute("SELECT setseed(0.4)")
        for statement in _FILL:
            cursor.execute(statement, values)
    with company_context(staff.company_id, employee_id=staff.owner.employee_id), transaction.atomic():
        for worker in (staff.owner, staff.workers[0]):
            _day_of(worker)
        _leads(staff.owner)


@transaction.atomic
def _values(staff: Staff, scale: float) -> Mapping[str, object]:
    """Return what the statements of the fill need; makes the company's own fields."""
    stages = list(Stage.objects.filter(pipeline__code="new_lead").order_by("position"))
    kinds = CustomField.Kind
    for code, kind, options in (
        ("segment", kinds.CHOICE, SEGMENTS),
        ("area", kinds.NUMBER, ()),
        ("object", kinds.TEXT, ()),
        ("since", kinds.DATE, ()),
        ("contract", kinds.YES_NO, ()),
    ):
        if people_queries.find_custom_field(code) is None:  # left by a fill that was stopped
            people.add_field(actor=staff.owner, name=code.title(), kind=kind, options=options, code=code)
    return {
        "company": staff.company_id,
        "clients": round(CLIENTS * scale),
        "open": round(OPEN * scale),
        "closed": round(CLOSED * scale),
        "presses": round(PRESSES * scale),
        "busy": round(BUSY * scale),
        "pipeline": stages[0].pipeline_id,
        "stages": [one.pk for one in stages],
        "people": [one.employee_id for one in staff.workers],
        "pools": [work.pool_for(f"employee:{one.employee_id}") for one in staff.workers],
        "window": work.window_for("Europe/Moscow", 0, 1440),
        "crew": len(staff.workers),
        "zones": list(ZONES),
        "segments": list(SEGMENTS),
        "at": _start_of(staff),
    }


def _day_of(worker: Actor) -> None:
    """Give a worker tasks of his own and reminders that have come."""
    now = datetime.now(UTC)
    for number in range(TASKS):
        draft = work.TaskDraft(title=f"Task {number}", employee_id=worker.person_id, due_at=now + timedelta(days=1))
        work.set_task(actor=worker, draft=draft, now=now)
    for number in range(REMINDERS):
        work.remind_me(actor=worker, text=f"Call {number}", at=now, now=now)


def _leads(owner: Actor) -> None:
    """Let requests wait in the inbox."""
    for number in range(LEADS):
        touch = people.TouchData(
            channel="form", name=f"Request {number}", phones=(f"+7913{number:07d}",), signs=("links",)
        )
        people.receive(actor=owner, touch=touch, now=datetime.now(UTC))


_FILL = (
    """
    INSERT INTO people_client (id, company_id, public_id, kind, name, name_key, last_name, first_name, middle_name,
      gender, city, address, position, zone, zone_source, zone_sure, is_vip, comment, inn, kpp, ogrn, bik, account,
      fields, responsible_id, external_id, purchases_sum, first_source, version, made_at)
    SELECT %(at)s + n, %(company)s, 'c' || substr(md5(%(company)s || '/' || n), 1, 11),
      CASE WHEN n %% 20 = 7 THEN 'organisation' ELSE 'person' END, last || ' ' || first, '', last, first, '', '',
      (ARRAY['Москва', 'Самара', 'Екатеринбург', 'Новосибирск', 'Красноярск'])[1 + n %% 5], '', '',
      (%(zones)s::text[])[1 + n %% 5], 'phone', true, n %% 50 = 0, '', '', '', '', '', '',
      jsonb_build_object('segment', (%(segments)s::text[])[1 + n %% 4], 'area', (10 + n %% 9973)::text,
        'object', 'Объект ' || n %% 99991, 'since', (date '2020-01-01' + n %% 2000)::text, 'contract', n %% 500 = 0),
      CASE WHEN n %% 8 > 0 THEN (%(people)s::bigint[])[1 + n %% %(crew)s] END, '',
      CASE WHEN n %% 5 < 3 THEN n * 7919::bigint %% 900001 + 99.50 END,
      (ARRAY['сайт', 'звонок', 'выставка', ''])[1 + n %% 4], 1, now() - interval '1 second' * (n * 8 %% 8600000)
    FROM (SELECT n, (ARRAY['Смирнов', 'Иванов', 'Кузнецов', 'Соколов', 'Попов', 'Лебедев', 'Козлов', 'Новиков',
          'Морозов', 'Петров', 'Волков', 'Соловьёв', 'Васильев', 'Зайцев', 'Павлов', 'Семёнов', 'Голубев'])[1 + n %% 17]
          || initcap(chr(1072 + n / 17 %% 32) || chr(1072 + n / 544 %% 32) || chr(1072 + n / 17408 %% 32)) AS last,
        (ARRAY['Анна', 'Борис', 'Вера', 'Глеб', 'Дарья', 'Егор', 'Жанна', 'Захар', 'Инна', 'Кирилл', 'Лидия',
          'Максим', 'Нина'])[1 + n %% 13] AS first
      FROM generate_series(1, %(clients)s) AS n) AS named
    """,
    """
    INSERT INTO people_contactpoint (id, company_id, client_id, kind, value, extension, raw, label, position)
    SELECT %(at)s + n, %(company)s, %(at)s + n, 'phone', '+79' || lpad((n * 7919::bigint %% 1000000007)::text, 9, '0'),
      '', '', '', 0
    FROM generate_series(1, %(clients)s) AS n
    """,
    """
    INSERT INTO audience_dealfact (company_id, deal_id, pipeline_id, source, opened_at, responsible_id,
      stage_id, stage_since, state, closed_at, closed_by, sum, currency, reason, answered_at, answered_by, wait_seconds)
    SELECT %(company)s, %(at)s + n, %(pipeline)s, (ARRAY['form', 'hand', 'import', 'call'])[1 + n %% 4], opened,
      who, (%(stages)s::bigint[])[stage], COALESCE(closed, opened), state, closed,
      CASE WHEN closed IS NULL THEN NULL ELSE who END, amount,
      'RUB',
      CASE WHEN state = 'lost' THEN (ARRAY['price', 'rival', 'no_need', 'terms', 'later'])[1 + n %% 5] ELSE '' END,
      opened + interval '1 second' * wait, who, wait
    FROM (SELECT n, who, amount, stage, state, opened, wait,
        CASE WHEN state = 'open' THEN NULL ELSE least(now(), opened + interval '1 hour' * (1 + n %% 300)) END AS closed
      FROM (SELECT n, (%(people)s::bigint[])[1 + n %% %(crew)s] AS who, 1000 + n %% 500000 AS amount,
          1 + floor(power(random(), 1.5) * 5)::int AS stage,
          CASE WHEN n <= %(open)s THEN 'open' ELSE
            (ARRAY['won', 'lost', 'lost', 'archived', 'won', 'lost'])[1 + n %% 6] END AS state,
          now() - interval '1 minute' * floor(random() * 129600) AS opened,
          60 + floor(power(random(), 3) * 5400) AS wait
        FROM generate_series(1, %(open)s + %(closed)s) AS n) AS a) AS b
    """,
    """
    INSERT INTO work_task (id, company_id, public_id, kind, title, subject_kind, subject_id, client_id, pool_id,
      employee_id, window_id, band, priority, ready_at, due_at, is_open, made_at, outcome)
    SELECT f.deal_id, f.company_id, 't' || substr(md5(f.deal_id::text), 1, 11), 'call', 'Call', 'deal', f.deal_id,
      f.deal_id, (%(pools)s::bigint[])[array_position(%(people)s::bigint[], f.responsible_id)], f.responsible_id,
      %(window)s, f.deal_id %% 4, 2, t.at, CASE WHEN f.deal_id %% 4 < 3 THEN t.at + interval '1 hour' END, true,
      f.opened_at, ''
    FROM audience_dealfact f CROSS JOIN LATERAL
      (SELECT now() + interval '1 hour' * (f.deal_id %% 90 - 30) + interval '1 second' * (f.deal_id %% 3600) AS at) t
    WHERE f.company_id = %(company)s AND f.state = 'open'
    """,
    """
    INSERT INTO deals_deal (id, company_id, public_id, client_id, pipeline_id, stage_id, title, sum, currency,
      responsible_id, state, open_task_id, task_open, misses, tags, fields, source, stage_since, made_at, closed_at)
    SELECT f.deal_id, f.company_id, 'd' || substr(md5(f.deal_id::text), 1, 11), f.deal_id,
      f.pipeline_id, f.stage_id, 'Deal', f.sum, 'RUB', f.responsible_id, f.state,
      CASE WHEN f.state = 'open' THEN f.deal_id END, true, 0, '{}', '{}', f.source, f.stage_since, f.opened_at,
      f.closed_at
    FROM audience_dealfact f WHERE f.company_id = %(company)s
    """,
    """
    INSERT INTO audience_stagetime (company_id, deal_id, stage_id, seconds, closed_at)
    SELECT f.company_id, f.deal_id, s.id, 600 + random() * 400000, f.closed_at
    FROM audience_dealfact f JOIN unnest(%(stages)s::bigint[]) AS s (id)
      ON s.id < f.stage_id OR (s.id = f.stage_id AND f.state <> 'open') OR f.state = 'won'
    WHERE f.company_id = %(company)s
    """,
    """
    INSERT INTO deals_press (id, company_id, request_id, deal_id, client_id, button, outcome, result, label,
      employee_id, at, cause, comment, before, effects, undone_at)
    SELECT %(at)s + n, %(company)s, gen_random_uuid(), deal, deal, 'miss', 'busy',
      (ARRAY['no_answer', 'no_answer', 'call_back', 'thinking', 'meeting', 'step', 'step', 'refused'])[1 + n %% 8],
      'Press', (%(people)s::bigint[])[1 + n %% %(crew)s], now() - interval '1 minute' * floor(random() * 129600),
      gen_random_uuid(), '', '{"deal": {}}', '[]', CASE WHEN n %% 80 = 0 THEN now() END
    FROM (SELECT n,
        CASE WHEN n <= %(busy)s THEN %(at)s + 1 ELSE %(at)s + 1 + floor(random() * (%(open)s + %(closed)s))::int END
          AS deal
      FROM generate_series(1, %(presses)s) AS n) AS a
    """,
    """
    INSERT INTO audience_pressday (company_id, "on", employee_id, result, presses)
    SELECT company_id, (at AT TIME ZONE 'Europe/Moscow')::date, employee_id, result, count(*)
    FROM deals_press WHERE company_id = %(company)s AND undone_at IS NULL GROUP BY 1, 2, 3, 4
    """,
    """
    INSERT INTO kit_event (company_id, seq, name, at, employee_id, subject_kind, subject_id, client_id, payload)
    SELECT %(company)s, nextval('kit_event_number'), name, at, who, 'deal', deal, deal, payload
    FROM (
      SELECT 'deals.DealOpened' AS name, f.opened_at AS at, f.responsible_id AS who, f.deal_id AS deal,
        jsonb_build_object('deal_id', f.deal_id, 'client_id', f.deal_id, 'pipeline_id', f.pipeline_id,
          'stage_id', f.stage_id, 'source', f.source, 'responsible_id', f.responsible_id,
          'callable_at', NULL) AS payload
      FROM audience_dealfact f WHERE f.company_id = %(company)s
      UNION ALL
      SELECT 'deals.ButtonPressed', p.at, p.employee_id, p.deal_id,
        jsonb_build_object('deal_id', p.deal_id, 'client_id', p.deal_id, 'press_id', p.id, 'button', p.button,
          'outcome', p.outcome, 'result', p.result, 'pipeline_id', %(pipeline)s, 'stage_id', (%(stages)s::bigint[])[1])
      FROM deals_press p WHERE p.company_id = %(company)s
      ORDER BY at) AS told
    """,
)
