"""
What is decided and not closed is listed by the day it was due (its rank is one and the same), and the last cases of a person are read in the
order in which they were filed.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0026_birth_dates_with_whose")]
    operations = [
        migrations.AddIndex(
            model_name="stage",
            index=models.Index(
                fields=["agency", "due_by", "id"],
                name="stage_to_close_by_day",
                condition=models.Q(to_close=True),
            ),
        ),
        migrations.RemoveIndex(model_name="stage", name="stage_to_close"),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(fields=["person", "id"], name="party_latest_of_person"),
        ),
        migrations.AlterField(
            model_name="party",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parties",
                to="crm.person",
            ),
        ),
    ]
