# Andon's image: Node, the bundled program, and nothing else; see docs/image.md. Builds with docker and with buildah.

# Node 24 with npm, and a shell: the program is built here, and its `node` is the one that is shipped.
ARG BUILD_BASE=docker.io/library/node:24-trixie-slim
# Needs glibc, libstdc++ and libgcc of the same age as BUILD_BASE, or newer, and no shell.
ARG RUN_BASE=gcr.io/distroless/cc-debian13

FROM ${BUILD_BASE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
# Both secrets are optional: an npmrc that names another registry, and the authorities of one that has its own.
RUN --mount=type=secret,id=npmrc,target=/run/secrets/npmrc \
    --mount=type=secret,id=npm-ca,target=/run/secrets/npm-ca \
    if [ -f /run/secrets/npmrc ]; then export NPM_CONFIG_USERCONFIG=/run/secrets/npmrc; fi; \
    if [ -f /run/secrets/npm-ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/npm-ca; fi; \
    npm ci --ignore-scripts --no-audit --no-fund
COPY tools ./tools
COPY src ./src
# Maps of the sources are for debuggers. The folders are there for their owners: no shell makes any later.
RUN npm run build \
    && find dist -name '*.map' -delete \
    && mkdir -p /image/usr/local/bin /image/etc/andon/rules /image/var/lib/andon \
    && cp "$(node --print process.execPath)" /image/usr/local/bin/node \
    && mv dist /image/app
COPY LICENSE /image/app/LICENSE

FROM ${RUN_BASE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Andon" \
      org.opencontainers.image.description="Polls Prometheus, holds services against a declared end state, pages on-call and proves that service is back" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/usr/local/bin/node /usr/local/bin/node
COPY --from=build /image/app /app
COPY --from=build /image/etc/andon /etc/andon
COPY --from=build --chown=65532:65532 /image/var/lib/andon /var/lib/andon
# Settings found in a file do not win over the two of Andon, flags do. The others keep freed memory from staying with the process.
ENV ANDON_LISTEN=:9655 \
    ANDON_DATA=/var/lib/andon \
    MALLOC_ARENA_MAX=1 \
    MALLOC_TRIM_THRESHOLD_=65536 \
    MALLOC_MMAP_THRESHOLD_=32768 \
    MALLOC_TOP_PAD_=0
WORKDIR /etc/andon
USER 65532:65532
EXPOSE 9655
VOLUME /var/lib/andon
# The first three flags are those of the first line of src/main.ts. With the others, V8 compiles what is hot a hundred times later and
# forgets sooner what is not used: 13 MB less for a few services; see docs/image.md.
ENTRYPOINT ["/usr/local/bin/node", \
    "--disable-warning=ExperimentalWarning", "--max-semi-space-size=2", "--memory-saver-mode", \
    "--invocation-count-for-turbofan=300000", "--invocation-count-for-osr=50000", \
    "--invocation-count-for-maglev=40000", "--invocation-count-for-maglev-osr=10000", \
    "--invocation-count-for-feedback-allocation=100", "--bytecode-old-age=2", \
    "/app/main.js"]
CMD ["run"]
