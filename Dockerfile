FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY engine engine
COPY server server
COPY web web
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
RUN useradd --no-create-home --uid 10001 chainrule && mkdir /data && chown chainrule:chainrule /data
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir "$(ls /wheels/*.whl)[postgres,redis]" && rm -rf /wheels

# Kernels compiled here serve any machine of the same kind; on another kind of processor they compile anew at the first start.
ENV PYTHONUNBUFFERED=1 \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CHAINRULE_IMAGE_KERNELS=/opt/chainrule/kernels
RUN mkdir -p "$CHAINRULE_IMAGE_KERNELS" \
    && NUMBA_CACHE_DIR="$CHAINRULE_IMAGE_KERNELS" python -c "from engine import warm_up; warm_up()"

# All that is written is on the volume, so the rest may be read-only: sessions and experiments, kernels, what is there for a moment.
USER chainrule
WORKDIR /data
VOLUME /data
ENV XDG_DATA_HOME=/data \
    NUMBA_CACHE_DIR=/data/kernels
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["python", "-m", "server.container"]
