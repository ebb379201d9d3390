"""Own fields of deals: stages may demand them, and indexes find deals by them."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

# The function of the keys never changes: people's own index is made with it too.
INDEXES = """
CREATE INDEX deals_deal_numbers ON deals_deal USING gin (people_number_keys(company_id, fields)) WHERE fields <> '{}';
CREATE INDEX deals_deal_texts ON deals_deal USING gin (upper(fields::text) gin_trgm_ops) WHERE fields <> '{}';
"""
NO_INDEXES = """
DROP INDEX deals_deal_texts;
DROP INDEX deals_deal_numbers;
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0009_state"), ("people", "0007_orders")]

    operations = [
        migrations.AlterField(
            model_name="stage",
            name="required_fields",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), blank=True, default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="deal",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("fields", {}), _negated=True),
                fields=["fields"],
                name="deals_deal_fields",
                opclasses=["jsonb_path_ops"],
            ),
        ),
        migrations.RunSQL(INDEXES, NO_INDEXES),
    ]
