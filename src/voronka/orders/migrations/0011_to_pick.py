from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("orders", "0010_owed")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("phase__in", ["new", "work", "ready"])),
                fields=["company", "promised_at", "id"],
                name="orders_order_to_pick",
            ),
        ),
    ]
