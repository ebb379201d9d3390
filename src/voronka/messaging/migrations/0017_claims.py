"""What a sender changes while he hands over stands in no index any more; what he has taken is told by a row of its own.

The table is written anew once, under its lock, half empty from now on: new versions of a row find room beside it.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

import voronka.kit.tenancy.fields

# Django's second index of a unique text, for LIKE: random ids are never asked for by their beginning.
ROOM = """
ALTER TABLE messaging_message SET (fillfactor = 50);
DROP INDEX IF EXISTS messaging_message_public_id_82b7a873_like
"""
FULL = "ALTER TABLE messaging_message RESET (fillfactor)"
# Senders that are at work, or died, while the program is brought up.
CLAIMS = """
INSERT INTO messaging_messageclaim (company_id, channel, claim, until, ids)
SELECT company_id, channel, claim, max(claim_until), array_agg(id ORDER BY id) FROM messaging_message
WHERE state IN ('claimed', 'handed') AND claim_until IS NOT NULL GROUP BY company_id, channel, claim
"""


class Migration(migrations.Migration):

    dependencies = [("messaging", "0016_goods_in_lines")]

    operations = [
        migrations.CreateModel(
            name="MessageClaim",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel", models.CharField(max_length=10)),
                ("claim", models.CharField(max_length=32)),
                ("until", models.DateTimeField()),
                ("ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("company", voronka.kit.tenancy.fields.CompanyField()),
            ],
            options={
                "indexes": [models.Index(fields=["company", "channel", "until"], name="messaging_claim_until")],
            },
        ),
        migrations.RemoveIndex(model_name="message", name="messaging_message_due"),
        migrations.RemoveIndex(model_name="message", name="messaging_message_claims"),
        migrations.RemoveIndex(model_name="message", name="messaging_message_provider"),
        migrations.RemoveIndex(model_name="message", name="messaging_message_run"),
        migrations.RunSQL(ROOM, FULL),
        migrations.AddField(
            model_name="message",
            name="stage",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(state__in=("planned", "waiting"), then=models.Value("due")),
                    models.When(state__in=("claimed", "handed", "accepted"), then=models.Value("went")),
                    default=models.F("state"),
                    output_field=models.CharField(max_length=10),
                ),
                output_field=models.CharField(max_length=10),
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("stage", "due")),
                fields=["company", "channel", "due_at", "id"],
                name="messaging_message_due",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("cause_id__isnull", False)),
                fields=["company", "cause_kind", "cause_id", "stage"],
                name="messaging_message_run",
            ),
        ),
        migrations.RunSQL(CLAIMS, migrations.RunSQL.noop),
    ]
