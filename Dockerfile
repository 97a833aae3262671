# syntax=docker/dockerfile:1

FROM rust:1.95-slim-bookworm AS build
WORKDIR /jogan
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/jogan/target \
    cargo build --profile dist --locked --bin jogan && cp target/dist/jogan /usr/local/bin/jogan && mkdir /data

# What the program wants of a system: glibc, CA certificates, and git for feeds that come from a repository.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 65532 --no-create-home nonroot
USER 65532
COPY --from=build /usr/local/bin/jogan /usr/local/bin/jogan
COPY --from=build --chown=65532 /data /srv/data
# The database is in /srv/data, the only place that is written to: the rest may be mounted read-only. The configuration is in
# /srv/config, posts where the configuration says.
WORKDIR /srv
VOLUME /srv/data
# Loopback inside a container can be reached by nobody.
ENV JOGAN_WEB__LISTEN=0.0.0.0:7878
EXPOSE 7878
STOPSIGNAL SIGTERM
# Without curl: bash opens the connection. A platform that is away is no reason to start anew, so that it is not /readyz.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["/bin/bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/7878 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '^ok' <&3"]
ENTRYPOINT ["/usr/local/bin/jogan"]
CMD ["run"]
