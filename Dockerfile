# Two stages: the first installs the pinned packages and collects assets, the second carries the result and no
# tools. Pin the base by digest in your own build: --build-arg PYTHON_IMAGE=python:3.13.7-slim-bookworm@sha256:…
ARG PYTHON_IMAGE=python:3.13.7-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /opt/venv
COPY requirements.txt ./
RUN /opt/venv/bin/python -m pip install --require-hashes --only-binary :all: -r requirements.txt
COPY . .
RUN SECRET_KEY=only-for-building LPO_VAR=/tmp/build LPO_STATIC=/app/collected \
      /opt/venv/bin/python manage.py release --assets-only \
    && /opt/venv/bin/python -m pip uninstall --yes --quiet pip \
    && /opt/venv/bin/python -m compileall -q /app /opt/venv/lib \
    && rm -rf /tmp/build

FROM ${PYTHON_IMAGE}
RUN groupadd --system --gid 10001 lpo \
    && useradd --system --uid 10001 --gid lpo --home-dir /var/lib/lpo --shell /usr/sbin/nologin lpo \
    && install -d -o lpo -g lpo -m 0750 /var/lib/lpo \
    && python -m pip uninstall --yes --quiet pip \
    # pg_dump and psql, for `manage.py backup` and `restore`; at least as new as the server of the compose file.
    && apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LPO_VAR=/var/lib/lpo \
    LPO_STATIC=/app/collected \
    LOG_FORMAT=json \
    BIND=0.0.0.0:8000
# Everything the application writes goes to /var/lib/lpo and /tmp: the rest may be mounted read-only.
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=4s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["python", "-m", "gunicorn", "--config", "lpo/gunicorn_conf.py"]
