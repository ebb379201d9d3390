"""The log of events keeps only those indexes that somebody asks: each is paid by every event, twice."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("kit", "0002_deleted_with_client")]

    operations = [
        migrations.RemoveIndex(model_name="eventrow", name="kit_event_name"),
        migrations.RemoveIndex(model_name="eventrow", name="kit_event_subject"),
        migrations.RemoveConstraint(model_name="eventrow", name="kit_event_seq"),
        migrations.AddConstraint(
            model_name="eventrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("seq__isnull", False)), fields=("company_id", "seq"), name="kit_event_seq"
            ),
        ),
        migrations.AddIndex(
            model_name="eventrow",
            index=models.Index(
                condition=models.Q(("subject_kind", "message"), _negated=True),
                fields=["company_id", "subject_kind", "subject_id", "-id"],
                name="kit_event_subject",
            ),
        ),
    ]
