# MusicGen Local in a container: sketch at once, DiffRhythm's software with --build-arg EXTRAS=model.
# The image holds no songs and no weights: they live in the two volumes.

ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
ARG EXTRAS=""
WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE THIRD_PARTY.md ./
COPY musicgen_web musicgen_web
COPY diffrhythm diffrhythm
COPY templates templates
COPY static static
COPY migrations migrations
RUN python -m venv /app \
 && /app/bin/pip install --no-cache-dir --constraint constraints.txt ".${EXTRAS:+[$EXTRAS]}"

FROM python:${PYTHON}-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin musicgen \
 && install -d -o musicgen -g musicgen /data /models
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MUSICGEN_DATA_DIR=/data \
    MODEL_CACHE_DIR=/models \
    MUSICGEN_HOST=0.0.0.0 \
    MUSICGEN_AUTH=off \
    MUSICGEN_LOG_FORMAT=json
USER musicgen
WORKDIR /data
VOLUME ["/data", "/models"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s --retries=3 CMD ["musicgen", "health"]
ENTRYPOINT ["musicgen"]
CMD ["serve"]
