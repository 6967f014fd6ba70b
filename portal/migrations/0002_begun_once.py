from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_saved_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="begun_once",
            field=models.BinaryField(editable=False, max_length=32, null=True, unique=True),
        ),
    ]
