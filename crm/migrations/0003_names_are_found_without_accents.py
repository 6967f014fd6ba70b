import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0002_plain_text"),
        ("crm", "0002_folios_and_access_log"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="person", name="person_name_trigram"),
        migrations.AddIndex(
            model_name="person",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    models.Func("name", function="plain"), name="gin_trgm_ops"
                ),
                name="person_name_trigram",
            ),
        ),
    ]
