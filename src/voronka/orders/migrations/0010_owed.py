from django.db import migrations, models

# Reckoned once for all orders, as the verbs keep it from now on.
UPDATE = """
UPDATE orders_order o SET owed = CASE WHEN o.phase <> 'cancelled' THEN o.total - COALESCE(b.sum, 0) ELSE COALESCE(k.sum
    + GREATEST(o.delivery_cost - COALESCE(b.delivery, 0), 0), 0) END
FROM orders_order same
  LEFT JOIN (
    SELECT r.company_id, r.order_id, sum(r.sum) AS sum, sum(r.delivery) AS delivery FROM orders_return r
    WHERE r.state IN ('received', 'refunded') GROUP BY r.company_id, r.order_id) b
    ON b.company_id = same.company_id AND b.order_id = same.id
  LEFT JOIN (
    SELECT l.company_id, l.order_id, sum(CASE WHEN l.shipped - l.returned = l.quantity THEN l.total
        ELSE LEAST(round(l.total * (l.shipped - l.returned) / l.quantity, 2), l.total) END) AS sum
    FROM orders_orderline l JOIN orders_order c ON c.company_id = l.company_id AND c.id = l.order_id
    WHERE c.phase = 'cancelled' AND l.shipped > l.returned GROUP BY l.company_id, l.order_id) k
    ON k.company_id = same.company_id AND k.order_id = same.id
WHERE same.company_id = o.company_id AND same.id = o.id
"""
# Nobody has changed anything: the history is not told.
FILL = f"""
ALTER TABLE orders_order DISABLE TRIGGER USER;
{UPDATE};
ALTER TABLE orders_order ENABLE TRIGGER USER;
"""
SUMS = ("goods_sum", "discount_sum", "delivery_cost", "delivery_tax", "total", "tax", "cost", "paid")


class Migration(migrations.Migration):

    dependencies = [("orders", "0009_facts")]

    operations = [
        migrations.AddField(
            model_name="order", name="owed", field=models.DecimalField(decimal_places=2, default=0, max_digits=16)
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="order", name="orders_order_sums"),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(**{f"{name}__gte": 0 for name in (*SUMS, "owed")}), name="orders_order_sums"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("owed__lte", models.F("total"))), name="orders_order_owed"
            ),
        ),
    ]
