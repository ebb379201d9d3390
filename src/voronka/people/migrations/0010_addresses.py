"""Several addresses of a client: the main one stays on the card, the others are rows of their own."""

import django.db.models.deletion
from django.db import migrations, models

import voronka.kit.ids
import voronka.kit.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [("people", "0009_field_subjects")]

    operations = [
        migrations.AddField(
            model_name="client",
            name="address_label",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="client",
            name="postcode",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", voronka.kit.ids.PublicIdField()),
                ("label", models.CharField(blank=True, max_length=60)),
                ("city", models.CharField(blank=True, max_length=120)),
                ("line", models.CharField(blank=True, max_length=500)),
                ("postcode", models.CharField(blank=True, max_length=20)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "client",
                    voronka.kit.tenancy.fields.CompanyForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addresses",
                        to="people.client",
                    ),
                ),
                ("company", voronka.kit.tenancy.fields.CompanyField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "client", "city", "line"), name="people_address_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("city", ""), ("line", ""), _negated=True), name="people_address_somewhere"
                    ),
                ],
            },
        ),
    ]
