"""Whether a visit has a basket is kept by the database; who was parted from his browser is known by its key."""

from django.db import migrations, models

FILLED = (
    "jsonb_path_exists(%(expressions)s, '$ ? (exists(@.lines[*] ? (!exists(@.count) || @.count > 0))"
    " || !exists(@.lines[*]) && @.sum > 0)'::jsonpath)"
)


class Migration(migrations.Migration):

    dependencies = [("site", "0006_trials_of_widgets")]

    operations = [
        migrations.AddField(model_name="visitor", name="was_key", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="visitor", name="parted_at", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="visitor",
            index=models.Index(
                condition=models.Q(("was_key__isnull", False)),
                fields=["company", "site", "was_key"],
                name="site_visitor_parted",
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="has_basket",
            field=models.GeneratedField(
                expression=models.Case(
                    models.When(
                        models.Q(models.Func("basket", template=FILLED, output_field=models.BooleanField()))
                        & (models.Q(bought_at=None) | models.Q(bought_at__lt=models.F("basket_at"))),
                        then=models.Value(True),
                    ),
                    default=models.Value(False),
                    output_field=models.BooleanField(),
                ),
                output_field=models.BooleanField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("has_basket", True)),
                fields=["company", "-last_at", "-id"],
                name="site_visit_basket",
            ),
        ),
    ]
