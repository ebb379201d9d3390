import django.db.models.deletion
from django.db import migrations, models

import voronka.kit.ids
import voronka.kit.tenancy.fields


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_view_names'),
        ('site', '0005_unvisited'),
    ]

    operations = [
        migrations.AddField(
            model_name='widget',
            name='trial_id',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name='WidgetVariant',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('public_id', voronka.kit.ids.PublicIdField()),
                ('trial_id', models.BigIntegerField(default=0)),
                ('number', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=100)),
                ('content', models.JSONField(default=dict)),
                ('company', voronka.kit.tenancy.fields.CompanyField()),
                ('widget', voronka.kit.tenancy.fields.CompanyForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='site.widget')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'widget', 'trial_id', 'number'), name='site_variant_number')],
            },
        ),
    ]
