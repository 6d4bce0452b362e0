# syntax=docker/dockerfile:1

# The program alone, in an image without a shell: the pages are built first, since they are put into the program.

FROM node:26.10.0-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
# The pages' queries are checked against it.
COPY schema.graphql /src/schema.graphql
COPY web ./
RUN npm run build

# The version is that of rust-toolchain.toml, which is left out: it asks for parts that a build does not need. Its Debian
# is that of the last stage, whose C library must not be older.
FROM rust:1.95.0-slim-bookworm AS program
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY migrations ./migrations
COPY src ./src
COPY --from=web /src/web/dist ./web/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked && cp target/release/vendgraph /vendgraph

# glibc, libgcc and the certificates of authorities; no shell, no package manager. `nonroot` is 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
LABEL org.opencontainers.image.title="vendgraph" \
      org.opencontainers.image.description="One GraphQL API over every vending machine an operator runs" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=program /vendgraph /usr/local/bin/vendgraph
USER 65532:65532
# Stands over the configuration's `server.listen`: a container is reached from outside, or not at all.
ENV VENDGRAPH__SERVER__LISTEN=0.0.0.0:8080
EXPOSE 8080
# Whether the process answers. Whether requests should be sent to it, `health --url …/readyz` tells: a store that is
# away is no reason to end a gateway.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/usr/local/bin/vendgraph", "health"]
ENTRYPOINT ["/usr/local/bin/vendgraph"]
CMD ["serve", "--config", "/etc/vendgraph/vendgraph.toml"]
