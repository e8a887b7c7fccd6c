# One image for web, worker and scheduler; compose.yaml shows how they run together.
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt tools/launcher/requirements-uv.txt ./
RUN python -m venv /venv \
    && pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
    && uv pip install --python /venv/bin/python --no-cache --compile-bytecode --require-hashes -r requirements.txt

FROM python:3.13-slim-trixie
RUN useradd --uid 10001 --create-home followup
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 FOLLOWUP_VAR=/var/lib/followup LOG_FORMAT=json
COPY --from=build /venv /venv
WORKDIR /app
COPY manage.py ./
COPY config ./config
COPY privacy ./privacy
COPY clinics ./clinics
COPY surveys ./surveys
COPY messaging ./messaging
COPY followup ./followup
COPY watch ./watch
RUN install -d -o followup -g followup /var/lib/followup
USER followup
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
CMD ["gunicorn", "config.wsgi", "--config", "python:config.gunicorn", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--threads", "8", \
     "--timeout", "60", "--forwarded-allow-ips", "", "--no-control-socket"]
