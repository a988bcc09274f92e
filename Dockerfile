# The image of every `cchc` service of docker-compose.yaml: the locked environment of a server, without development packages;
# target `superset`: the same with Superset's environment beside it.
# `make pin` writes the digest of the base image in, on a machine that reaches the registry.
FROM python:3.11.14-slim-bookworm AS build
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /project
COPY requirements.server.lock ./
RUN uv venv .venv && uv pip sync --no-cache --compile-bytecode --python .venv/bin/python requirements.server.lock
COPY pyproject.toml README.md ./
COPY include include
RUN uv pip install --no-cache --python .venv/bin/python --no-deps --no-build-isolation --editable . \
    && .venv/bin/python -m compileall -q include
COPY scripts scripts
COPY dags dags
COPY expectations expectations
COPY dbt_project dbt_project

FROM python:3.11.14-slim-bookworm AS superset-build
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /project
COPY requirements.superset.lock ./
RUN uv venv .superset && uv pip sync --no-cache --compile-bytecode --python .superset/bin/python requirements.superset.lock

FROM python:3.11.14-slim-bookworm AS cchc
# the places that volumes cover: a new volume takes over their owner and mode
RUN useradd --uid 10001 --no-create-home --home-dir /tmp cchc \
    && install -d -o cchc -g cchc -m 0711 /project/var \
    && install -d -o cchc -g cchc -m 0755 /project/var/report /project/var/releases \
    && install -d -o cchc -g cchc -m 0700 /backup
COPY --from=build /project /project
ENV PATH="/project/.venv/bin:$PATH" HOME=/tmp PYTHONDONTWRITEBYTECODE=1 CCHC_WORKDIR=/project/var
WORKDIR /project
USER 10001:10001

FROM cchc AS superset
USER root
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
COPY --from=superset-build /project/.superset /project/.superset
USER 10001:10001

FROM cchc
