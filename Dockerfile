# syntax=docker/dockerfile:1

FROM rust:1.95-slim-bookworm AS build
WORKDIR /jogan
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/jogan/target \
    cargo build --profile dist --locked --bin jogan && cp target/dist/jogan /usr/local/bin/jogan && mkdir /data

# glibc, CA certificates and time zones are all that the program wants of a system; this image runs as `nonroot`.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /usr/local/bin/jogan /usr/local/bin/jogan
COPY --from=build --chown=nonroot:nonroot /data /srv/data
# The database is in /srv/data, the configuration in /srv/config, posts where the configuration says.
WORKDIR /srv
VOLUME /srv/data
# Loopback inside a container can be reached by nobody.
ENV JOGAN_WEB__LISTEN=0.0.0.0:7878
EXPOSE 7878
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/jogan"]
CMD ["run"]
