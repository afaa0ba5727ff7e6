# The server in a container: docker build -t statecast . && docker run -p 8000:8000 -e STATECAST_HTTP_API_KEY=… statecast
#
# The base must have a glibc that the native socket library accepts (docs/decisions/0006-the-republished-uwebsockets.md):
# 2.36 of Debian 12 is enough for Node.js 20; newer versions of Node.js need 2.38, so Debian 13 or Ubuntu 24.04.
# Alpine (musl) does not work.
ARG NODE_IMAGE=node:20-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    STATECAST_HOST=0.0.0.0 \
    STATECAST_PORT=8000 \
    STATECAST_DATA_DIR=/data
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY --from=build /build/tars ./tars
RUN mkdir /data && chown node:node /data
# Not root: the server needs no right but to write to its data directory.
USER node
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.STATECAST_PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The server drains on SIGTERM, for up to 30 seconds: docker stop --time 40.
CMD ["node", "dist/main.js", "serve"]
