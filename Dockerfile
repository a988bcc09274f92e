# The image of docker-compose.yaml: the same locked environment as `make install`.
FROM python:3.11-slim
RUN pip install --no-cache-dir uv
WORKDIR /project
COPY requirements.lock pyproject.toml README.md ./
RUN uv venv .venv && uv pip sync --python .venv/bin/python requirements.lock
COPY . .
RUN uv pip install --python .venv/bin/python --no-deps --editable .
ENV PATH="/project/.venv/bin:$PATH" CCHC_WORKDIR=/project/var
