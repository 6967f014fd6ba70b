# One image for every process of the product; docker-compose.yml says which it runs as.
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/base.lock /tmp/base.lock
RUN /opt/venv/bin/pip install --quiet --require-hashes --no-deps -r /tmp/base.lock


FROM python:3.11-slim-bookworm

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    STATIC_ROOT=/srv/static \
    MEDIA_ROOT=/srv/media

RUN useradd --system --uid 10001 --create-home --home-dir /home/ventanilla ventanilla \
    && install --directory --owner=ventanilla /srv/media /srv/static
COPY --from=build /opt/venv /opt/venv
COPY . /srv/ventanilla
WORKDIR /srv/ventanilla

USER ventanilla

# The pages' files are made once, into the image; these values serve that one command and no other.
RUN SECRET_KEY=build-only DATABASE_URL=postgresql://none/none REDIS_URL=redis://none/0 \
    python manage.py collectstatic --no-input --verbosity 0

EXPOSE 8000 8001
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--respawn-failed-workers", "--no-ws", "config.wsgi:application"]
