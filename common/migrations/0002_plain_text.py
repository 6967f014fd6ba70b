"""`plain()`: lower case without any accent, ñ as n; for finding names however they are typed. (`fold()` keeps ñ.)"""

from django.db import migrations

PLAIN = """
CREATE FUNCTION public.plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT public.unaccent('public.unaccent'::pg_catalog.regdictionary, pg_catalog.lower($1)) $$;
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0001_functions_and_roles")]
    operations = [migrations.RunSQL(PLAIN, "DROP FUNCTION public.plain(text)")]
