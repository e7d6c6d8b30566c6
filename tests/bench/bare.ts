import Fastify from "fastify";

/** The yardstick for single events: a bare route that parses the same body, keeps nothing, answers. */
const app = Fastify({ logger: false });
app.post("/v1/logs", async () => ({}));
const address = await app.listen({ host: "127.0.0.1", port: 0 });
process.send?.(Number(new URL(address).port));
process.once("disconnect", () => process.exit(0));
