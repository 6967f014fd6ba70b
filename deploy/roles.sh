#!/bin/sh
# Runs once, when PostgreSQL's data is made: the application's role (docs/adr) and a login that may do no more than take it.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 --set password="$POSTGRES_APP_PASSWORD" <<'SQL'
CREATE ROLE ventanilla_app NOLOGIN;
CREATE ROLE ventanilla_web LOGIN NOINHERIT PASSWORD :'password' IN ROLE ventanilla_app;
SQL
