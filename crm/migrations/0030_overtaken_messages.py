"""A given-up message whose case was told in a later state meanwhile is not sent again: the case is told anew in its place."""

from django.db import migrations, models

STATES = [
    ("pending", "To be delivered"),
    ("sent", "On its way"),
    ("acknowledged", "Acknowledged"),
    ("failed", "Will be tried again"),
    ("dead", "Given up"),
    ("overtaken", "Overtaken, and told anew"),
]


class Migration(migrations.Migration):
    dependencies = [("crm", "0029_to_close_by_procedure")]
    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(choices=STATES, default="pending", max_length=12),
        ),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_settled_iff_over"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                name="delivery_settled_iff_over",
                condition=models.Q(
                    ("settled_at__isnull", False), ("state__in", ["acknowledged", "dead", "overtaken"])
                )
                | models.Q(("settled_at__isnull", True), ("state__in", ["pending", "sent", "failed"])),
            ),
        ),
    ]
