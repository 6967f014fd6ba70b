"""How a paper stood before it was judged last, which goes with everything else of it when it is redacted, by whichever way."""

import django.core.serializers.json
from django.db import migrations, models

FORGET = """
CREATE FUNCTION public.forget_judgement() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    NEW.before := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER document_redacted_forgets BEFORE UPDATE OF redacted_at ON public.crm_document
FOR EACH ROW WHEN (NEW.redacted_at IS NOT NULL) EXECUTE FUNCTION public.forget_judgement();
"""
NO_FORGET = (
    "DROP TRIGGER document_redacted_forgets ON public.crm_document; DROP FUNCTION public.forget_judgement();"
)


class Migration(migrations.Migration):
    dependencies = [("crm", "0019_settled_and_forgotten")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="before",
            field=models.JSONField(
                blank=True, encoder=django.core.serializers.json.DjangoJSONEncoder, null=True
            ),
        ),
        migrations.RunSQL(FORGET, NO_FORGET),
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("todo", "To do"),
                    ("call", "Call promised"),
                    ("answer", "Answer owed"),
                    ("overdue", "Overdue"),
                    ("difference", "Difference with the agency's system"),
                ],
                default="todo",
                max_length=12,
            ),
        ),
    ]
