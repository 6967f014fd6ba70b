from django.db import migrations, models

import common.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [("common", "0001_functions_and_roles")]

    operations = [
        migrations.CreateModel(
            name="SeedRun",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("begun_at", models.DateTimeField(db_default=common.clock.ClockNow())),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
    ]
