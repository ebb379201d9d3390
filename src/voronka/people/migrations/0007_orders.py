"""Indexes by which a list of a million clients is put in order, and by which own fields are found.

The functions in indexes never change: other indexes would be made with other ones.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models

NUMBER_KEYS = r"""
CREATE FUNCTION people_number_keys(company bigint, fields jsonb) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(CASE WHEN abs(n.whole) < 1073741824
    THEN company || '/' || n.key || '#' || s.step || ':' || (n.whole::bigint >> (5 * s.step))
    ELSE company || '/' || n.key || '#far' END)
  FROM (SELECT key, floor(value::numeric) AS whole FROM jsonb_each_text(fields) WHERE value ~ '^-?\d+(\.\d*)?$') n
  CROSS JOIN generate_series(0, 5) AS s (step)
$$;
CREATE INDEX people_client_numbers ON people_client USING gin (people_number_keys(company_id, fields));
CREATE INDEX people_client_texts ON people_client USING gin (upper(fields::text) gin_trgm_ops) WHERE fields <> '{}';
"""
NO_NUMBER_KEYS = """
DROP INDEX people_client_texts;
DROP INDEX people_client_numbers;
DROP FUNCTION people_number_keys(bigint, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0006_fewer_indexes")]

    operations = [
        migrations.RemoveIndex(model_name="client", name="people_client_responsible"),
        migrations.RemoveIndex(model_name="client", name="people_client_sum_down"),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(fields=["company", "responsible", "id"], name="people_client_responsible"),
        ),
        *(
            migrations.AddIndex(
                model_name="client", index=models.Index(fields=["company", column, "id"], name=f"people_client_{name}")
            )
            for column, name in (
                ("kind", "kind"),
                ("is_vip", "vip"),
                ("zone", "zone"),
                ("first_source", "source"),
            )
        ),
        migrations.AddIndex(
            model_name="client",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["fields"], name="people_client_fields", opclasses=["jsonb_path_ops"]
            ),
        ),
        migrations.RunSQL(NUMBER_KEYS, NO_NUMBER_KEYS),
    ]
