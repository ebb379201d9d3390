"""Surveys are asked on sites too: who was asked there may be no client yet, and his order not be known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("care", "0001_initial")]

    operations = [
        migrations.AddField("invitation", "visitor_id", models.BigIntegerField(null=True)),
        migrations.AddField("invitation", "order_number", models.CharField(blank=True, db_default="", max_length=80)),
        migrations.AddField(
            "invitation", "order_sum", models.DecimalField(decimal_places=2, max_digits=16, null=True)
        ),
        migrations.AddIndex(
            "invitation",
            models.Index(
                condition=models.Q(("visitor_id__isnull", False)),
                fields=["company", "visitor_id"],
                name="care_invitation_visitor",
            ),
        ),
        migrations.AddIndex(
            "invitation",
            models.Index(
                condition=models.Q(("order_number", ""), _negated=True),
                fields=["company", "order_number"],
                name="care_invitation_number",
            ),
        ),
        migrations.AlterField(
            "survey",
            "moment",
            models.CharField(
                choices=[("delivered", "Delivered"), ("cancelled", "Cancelled"), ("left", "Left"), ("site", "Site")],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint("survey", "care_survey_moment"),
        migrations.AddConstraint(
            "survey",
            models.CheckConstraint(
                condition=models.Q(("moment__in", ["delivered", "cancelled", "left", "site"])),
                name="care_survey_moment",
            ),
        ),
    ]
