import django.db.models.deletion
import voronka.kit.tenancy.fields
from django.db import migrations, models


FILL = """
INSERT INTO stock_goodssum (company_id, variant_id, on_hand, reserved, available, worth)
SELECT s.company_id, s.variant_id, s.on_hand * 1000, s.reserved * 1000, s.available * 1000,
  COALESCE(w.value, 0) * 100
FROM (
  SELECT b.company_id, b.variant_id, COALESCE(sum(b.on_hand) FILTER (WHERE p.kind <> 'transit'), 0) AS on_hand,
    COALESCE(sum(b.reserved) FILTER (WHERE p.kind <> 'transit'), 0) AS reserved,
    COALESCE(sum(b.on_hand - b.reserved) FILTER (WHERE p.kind <> 'transit' AND p.is_selling AND p.is_on), 0)
      AS available
  FROM stock_balance b JOIN stock_place p ON p.id = b.place_id
  WHERE NOT b.is_external GROUP BY b.company_id, b.variant_id) s
  LEFT JOIN stock_worth w ON w.company_id = s.company_id AND w.variant_id = s.variant_id
"""

# What the log tells so far is in it: the listener goes on from here.
BEGIN = """
INSERT INTO kit_listener (company_id, listener, seq, failures, error)
SELECT company_id, 'stock.sums', max(seq), 0, '' FROM kit_event WHERE seq IS NOT NULL GROUP BY company_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_view_names'),
        ('catalogue', '0007_pieces_and_refused'),
        ('kit', '0001_initial'),
        ('stock', '0003_replenishing'),
    ]

    operations = [
        migrations.CreateModel(
            name='GoodsSum',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('on_hand', models.BigIntegerField(default=0)),
                ('reserved', models.BigIntegerField(default=0)),
                ('available', models.BigIntegerField(default=0)),
                ('worth', models.BigIntegerField(default=0)),
                ('company', voronka.kit.tenancy.fields.CompanyField()),
                ('variant', voronka.kit.tenancy.fields.CompanyForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.variant')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('on_hand__gt', 0)), fields=['company', 'on_hand', 'variant'], name='stock_sum_on_hand'), models.Index(condition=models.Q(('reserved__gt', 0)), fields=['company', 'reserved', 'variant'], name='stock_sum_reserved'), models.Index(condition=models.Q(('available__gt', 0)), fields=['company', 'available', 'variant'], name='stock_sum_available'), models.Index(condition=models.Q(('worth__gt', 0)), fields=['company', 'worth', 'variant'], name='stock_sum_worth')],
                'constraints': [models.UniqueConstraint(fields=('company', 'variant'), name='stock_sum_once')],
            },
        ),
        migrations.CreateModel(
            name='GoodsTouch',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('variant_id', models.BigIntegerField()),
                ('company', voronka.kit.tenancy.fields.CompanyField()),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'variant_id'], name='stock_touch_variant')],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(BEGIN, "DELETE FROM kit_listener WHERE listener = 'stock.sums'"),
    ]
