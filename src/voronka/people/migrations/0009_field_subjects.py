"""A field belongs to clients or to deals: of another subject no page would know what to do with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0008_own_fields_only")]

    operations = [
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.CheckConstraint(
                condition=models.Q(("subject__in", ["client", "deal"])), name="people_custom_field_subject"
            ),
        ),
    ]
