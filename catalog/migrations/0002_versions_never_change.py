"""An approved version never changes: the database refuses it, whoever asks."""

from django.db import migrations

TRIGGER = """
CREATE FUNCTION public.refuse_change_of_approved_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'approved' THEN
        RAISE EXCEPTION 'an approved version never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER version_never_changes BEFORE UPDATE OR DELETE ON public.catalog_procedureversion
    FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_approved_version();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [
        migrations.RunSQL(
            TRIGGER,
            "DROP TRIGGER version_never_changes ON public.catalog_procedureversion; "
            "DROP FUNCTION public.refuse_change_of_approved_version();",
        )
    ]
