"""
What every other migration stands on: two roles, the clock, and the functions that fold and sort Spanish text.

`clock_now()` is the only clock (see `common.clock`). `fold()` lowers, strips accents and keeps ñ, which is a letter of its own in
Spanish; `unaccent` is only STABLE and folds ñ too, so it is wrapped once, schema-qualified, and may be used in indexes.
"""

from django.conf import settings
from django.db import migrations

FUNCTIONS = """
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;

CREATE FUNCTION public.clock_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL RESTRICTED AS
$$ SELECT coalesce(nullif(current_setting('ventanilla.now', true), '')::timestamptz, clock_timestamp()) $$;

CREATE FUNCTION public.fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT pg_catalog.translate(
       public.unaccent('public.unaccent'::pg_catalog.regdictionary,
                       pg_catalog.translate(pg_catalog.lower($1), 'ñ', E'\\uE001')), E'\\uE001', 'ñ') $$;

CREATE FUNCTION public.sort_key(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT pg_catalog.replace(public.fold($1), 'ñ', 'n~') $$;

CREATE TEXT SEARCH CONFIGURATION public.ventanilla_es (COPY = pg_catalog.spanish);
CREATE TEXT SEARCH CONFIGURATION public.ventanilla_en (COPY = pg_catalog.english);
"""

DROP = """
DROP TEXT SEARCH CONFIGURATION public.ventanilla_es;
DROP TEXT SEARCH CONFIGURATION public.ventanilla_en;
DROP FUNCTION public.sort_key(text);
DROP FUNCTION public.fold(text);
DROP FUNCTION public.clock_now();
"""


def make_roles(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_APP_ROLE)
    schema_editor.execute(
        f"""
        DO $$ BEGIN
            CREATE ROLE {role} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$;
        """
    )
    schema_editor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    schema_editor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    schema_editor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
    schema_editor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
    schema_editor.execute(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
    )
    schema_editor.execute(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}"
    )
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(current_user, %s, 'SET')", [settings.DATABASE_APP_ROLE])
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {role} TO CURRENT_USER")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP),
        migrations.RunPython(make_roles, migrations.RunPython.noop),
    ]
