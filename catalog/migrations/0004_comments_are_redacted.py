from django.conf import settings
from django.db import migrations, models

ROLE = settings.DATABASE_APP_ROLE
# What people wrote about a page; whether it helped them stays.
REDACT = """
CREATE FUNCTION public.redact_votes(ids bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE touched bigint;
BEGIN
    UPDATE catalog_usefulnessvote SET comment = NULL, redacted_at = clock_now() WHERE id = ANY(ids) AND redacted_at IS NULL;
    GET DIAGNOSTICS touched = ROW_COUNT;
    RETURN touched;
END $$;
CREATE FUNCTION public.redact_reports(ids bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE touched bigint;
BEGIN
    UPDATE catalog_errorreport SET text = NULL, redacted_at = clock_now() WHERE id = ANY(ids) AND redacted_at IS NULL;
    GET DIAGNOSTICS touched = ROW_COUNT;
    RETURN touched;
END $$;
REVOKE ALL ON FUNCTION public.redact_votes(bigint[]), public.redact_reports(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.redact_votes(bigint[]), public.redact_reports(bigint[]) TO @ROLE@;
"""
UNDO = "DROP FUNCTION public.redact_votes(bigint[]), public.redact_reports(bigint[])"


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_imports_and_tokens"),
    ]

    operations = [
        migrations.AddField(
            model_name="errorreport",
            name="redacted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="errorreport",
            name="text",
            field=models.TextField(null=True),
        ),
        migrations.AlterField(
            model_name="usefulnessvote",
            name="comment",
            field=models.TextField(default="", blank=True, null=True),
        ),
        migrations.RunSQL(REDACT.replace("@ROLE@", ROLE), UNDO),
    ]
