# The server in a container: docker build -t statecast . && docker run -p 8000:8000 -e STATECAST_HTTP_API_KEY=… statecast
#
# uWebSockets.js loads on this base, whose glibc is new enough (docs/decisions/0006-the-republished-uwebsockets.md). It is
# used with STATECAST_TRANSPORT=uws; the default beyond loopback is `ws`, which runs on any base with Node.js.
ARG NODE_IMAGE=node:24-trixie-slim

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
