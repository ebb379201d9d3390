import django.contrib.postgres.fields
import django.db.models.deletion
import voronka.kit.tenancy.fields
from django.db import migrations, models


FILL = """
INSERT INTO orders_orderfact (company_id, order_id, made_at, responsible_id, is_cancelled, first_promised_at, came_at,
  total, paid, cost, left_cost, is_flawed, statuses, minutes)
SELECT o.company_id, o.id, o.made_at, o.responsible_id, o.phase = 'cancelled', o.first_promised_at,
  COALESCE(o.delivered_at, CASE WHEN o.phase = 'done' THEN o.closed_at END), o.total, o.paid, o.cost,
  COALESCE(l.left_cost, 0),
  f.order_id IS NOT NULL,
  COALESCE(s.statuses, '{}'), COALESCE(s.minutes, '{}')
FROM orders_order o
  LEFT JOIN (
    SELECT r.company_id, r.order_id FROM orders_return r WHERE r.state NOT IN ('rejected', 'cancelled')
    UNION SELECT w.company_id, w.order_id FROM orders_orderpart w WHERE w.kind IN ('purchase', 'production')
    UNION SELECT h.company_id, h.order_id FROM orders_shipment h WHERE h.state IN ('shipped', 'delivered')
      GROUP BY h.company_id, h.order_id HAVING count(*) > 1
    UNION SELECT e.company_id, e.subject_id FROM kit_event e
      WHERE e.subject_kind = 'order' AND e.name = 'orders.OrderChanged'
        AND e.payload -> 'total' IS DISTINCT FROM e.payload -> 'was') f
    ON f.company_id = o.company_id AND f.order_id = o.id
  LEFT JOIN (
    SELECT x.order_id, sum(x.shipped_cost) AS left_cost FROM orders_orderline x GROUP BY x.order_id) l
    ON l.order_id = o.id
  LEFT JOIN (
    SELECT p.order_id, array_agg(p.status_id ORDER BY p.id) AS statuses,
      array_agg((extract(epoch FROM p.till - p.at) / 60)::double precision ORDER BY p.id) AS minutes
    FROM (SELECT y.id, y.order_id, y.status_id, y.at, lead(y.at) OVER (PARTITION BY y.order_id ORDER BY y.id) AS till
          FROM orders_passage y) p
    WHERE p.till IS NOT NULL GROUP BY p.order_id) s ON s.order_id = o.id
"""

# What the log tells so far is in it: the listener goes on from here.
BEGIN = """
INSERT INTO kit_listener (company_id, listener, seq, failures, error)
SELECT company_id, 'orders.facts', max(seq), 0, '' FROM kit_event WHERE seq IS NOT NULL GROUP BY company_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_view_names'),
        ('catalogue', '0007_pieces_and_refused'),
        ('kit', '0001_initial'),
        ('loyalty', '0001_initial'),
        ('orders', '0008_search'),
        ('people', '0009_field_subjects'),
        ('stock', '0003_replenishing'),
    ]

    operations = [
        migrations.CreateModel(
            name='OrderFact',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField()),
                ('responsible_id', models.BigIntegerField(null=True)),
                ('is_cancelled', models.BooleanField(default=False)),
                ('first_promised_at', models.DateTimeField(null=True)),
                ('came_at', models.DateTimeField(null=True)),
                ('total', models.DecimalField(decimal_places=2, max_digits=16)),
                ('paid', models.DecimalField(decimal_places=2, max_digits=16)),
                ('cost', models.DecimalField(decimal_places=2, max_digits=16)),
                ('left_cost', models.DecimalField(decimal_places=2, max_digits=18)),
                ('is_flawed', models.BooleanField(default=False)),
                ('statuses', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('minutes', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), default=list, size=None)),
                ('company', voronka.kit.tenancy.fields.CompanyField()),
                ('order', voronka.kit.tenancy.fields.CompanyForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orders.order')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'made_at'], name='orders_fact_made'), models.Index(condition=models.Q(('first_promised_at__isnull', False), ('is_cancelled', False)), fields=['company', 'first_promised_at'], name='orders_fact_promised')],
                'constraints': [models.UniqueConstraint(fields=('company', 'order'), name='orders_fact_once')],
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('delivered_at__isnull', False), ('first_promised_at__isnull', False)), fields=['company', 'delivered_at'], include=('first_promised_at', 'responsible'), name='orders_order_came'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(BEGIN, "DELETE FROM kit_listener WHERE listener = 'orders.facts'"),
    ]
