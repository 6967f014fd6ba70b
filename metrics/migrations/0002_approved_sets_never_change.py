"""An approved parameter set and its values never change: the database refuses it, whoever asks."""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION public.refuse_change_of_approved_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'approved' THEN
        RAISE EXCEPTION 'an approved parameter set never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION public.refuse_change_of_approved_value() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.metrics_parameterset s
               WHERE s.status = 'approved' AND s.id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.set_id END,
                                                        CASE WHEN TG_OP <> 'DELETE' THEN NEW.set_id END)) THEN
        RAISE EXCEPTION 'a value of an approved parameter set never changes'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER parameter_set_never_changes BEFORE UPDATE OR DELETE ON public.metrics_parameterset
    FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_approved_set();
CREATE TRIGGER parameter_never_changes BEFORE INSERT OR UPDATE OR DELETE ON public.metrics_parameter
    FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_approved_value();
CREATE TRIGGER investment_class_never_changes
    BEFORE INSERT OR UPDATE OR DELETE ON public.metrics_investmentclass
    FOR EACH ROW EXECUTE FUNCTION public.refuse_change_of_approved_value();
"""

DROP = """
DROP TRIGGER parameter_set_never_changes ON public.metrics_parameterset;
DROP TRIGGER parameter_never_changes ON public.metrics_parameter;
DROP TRIGGER investment_class_never_changes ON public.metrics_investmentclass;
DROP FUNCTION public.refuse_change_of_approved_set();
DROP FUNCTION public.refuse_change_of_approved_value();
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_initial")]
    operations = [migrations.RunSQL(TRIGGERS, DROP)]
