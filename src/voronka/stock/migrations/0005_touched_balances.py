from django.db import migrations, models

# Nothing of what the queue names is forgotten.
FILL = """
UPDATE stock_balance b SET is_touched = true
WHERE EXISTS (SELECT 1 FROM stock_goodstouch t WHERE t.company_id = b.company_id AND t.variant_id = b.variant_id)
"""


class Migration(migrations.Migration):

    dependencies = [("stock", "0004_sums")]

    operations = [
        migrations.AddField(
            model_name="balance", name="is_touched", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="balance",
            index=models.Index(
                condition=models.Q(("is_touched", True)), fields=["company", "variant"], name="stock_balance_touched"
            ),
        ),
        migrations.RunSQL("DROP FUNCTION IF EXISTS stock_touch(bigint[])", migrations.RunSQL.noop),
        migrations.DeleteModel(name="GoodsTouch"),
    ]
