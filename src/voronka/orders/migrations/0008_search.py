import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_view_names'),
        ('catalogue', '0007_pieces_and_refused'),
        ('loyalty', '0001_initial'),
        ('orders', '0007_exchange'),
        ('people', '0009_field_subjects'),
        ('stock', '0003_replenishing'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='order',
            index=models.Index(models.F('company'), django.db.models.functions.text.Upper('outer_number'), condition=models.Q(('outer_number', ''), _negated=True), name='orders_order_outer'),
        ),
        migrations.AddIndex(
            model_name='orderline',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), name='gin_trgm_ops'), name='orders_line_words'),
        ),
    ]
