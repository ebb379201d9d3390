from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0006_mail_orders'),
    ]

    operations = [
        migrations.AddField(
            model_name='return',
            name='carried',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=16),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('carried__gte', 0), ('carried__lte', models.F('sum'))), name='orders_return_carried'),
        ),
    ]
