import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendApiError } from "../../errors.ts";
import { activeBadge, versionsBadge } from "../../published/badge.ts";
import type { PublishedDocument } from "../../published/document.ts";
import type { PublishedReader } from "../../published/reader.ts";
import { CHARTS, type Chart, makeReport } from "../../published/report.ts";
import type { Conditions } from "../../published/select.ts";
import { hashOfToken } from "../../settings/new-token.ts";
import type { Settings } from "../../settings/types.ts";
import { addDays, dayOf } from "../days.ts";
import { conditionsOf } from "./shapes.ts";

/** What anybody may see, and what a share link opens. */
export interface OpenDoors {
  /** The charts of an app's public page; none where it has no page. */
  publicCharts(app: string): readonly Chart[];
  /** What a link's token opens; null for one that is unknown, revoked or expired. */
  shared(token: string): { app: string; charts: readonly Chart[]; conditions: Conditions } | null;
}

export interface OpenDeps {
  reader: PublishedReader;
  doors: OpenDoors;
  nameOf(app: string): string;
  now(): Date;
}

/** Days of the public page and of share links. */
const SHOWN_DAYS = 91;
/** A day's document comes once a day; an hour late is soon enough. */
const FOR_EVERYBODY = "public, max-age=3600";
const APP = "(^[a-z0-9-]+)";
const TOKEN = "(^[A-Za-z0-9_-]+)";

/** Reads the settings' doors anew at each request: what is revoked is closed at once. */
export function createDoors(settings: Pick<Settings, "get" | "list">, now: () => Date): OpenDoors {
  const known = (charts: readonly string[]) => CHARTS.filter((chart) => charts.includes(chart));
  return {
    publicCharts: (app) => known(settings.get("public_page", app)?.charts ?? []),
    shared(token) {
      const hash = hashOfToken(token);
      const link = settings.list("share_link").find(({ value }) => value.hash === hash)?.value;
      if (link === undefined) return null;
      if (link.expiresAt !== null && new Date(link.expiresAt) <= now()) return null;
      const conditions = conditionsOf(link.filters);
      // Filters that this version does not know must not widen what is seen.
      const all = Object.keys(link.filters).length;
      if (typeof conditions === "string" || conditions.length !== all) return null;
      return { app: link.app, charts: known(link.charts), conditions };
    },
  };
}

/**
 * The doors without sign-in: `/public/<app>.json`, `/badge/<app>/….svg`, `/share/<token>.json`. They
 * set no cookie and read none.
 */
export function registerOpenDoors(app: FastifyInstance, deps: OpenDeps): void {
  const { reader, doors, nameOf, now } = deps;
  const hidden = { schema: { hide: true } };

  const reportOf = (of: string, charts: readonly Chart[], conditions: Conditions) => {
    const from = addDays(dayOf(now()), -SHOWN_DAYS);
    const question = { app: of, name: nameOf(of), charts, conditions, from, to: undefined };
    return makeReport(reader, question, now());
  };

  /** The public page's JSON as text: it is the same for everybody until a day or the choice changes. */
  const texts = new Map<string, { mark: string; text: string }>();
  async function publicText(of: string, charts: readonly Chart[]): Promise<string> {
    const last = (await reader.days(of)).at(-1);
    const mark = JSON.stringify([dayOf(now()), last, nameOf(of), charts]);
    const known = texts.get(of);
    if (known?.mark === mark) return known.text;
    const text = JSON.stringify(await reportOf(of, charts, []));
    texts.set(of, { mark, text });
    return text;
  }

  app.get<{ Params: { app: string } }>(`/public/:app${APP}.json`, hidden, (request, reply) =>
    answered(request, reply, async () => {
      const { app: of } = request.params;
      const charts = doors.publicCharts(of);
      if (charts.length === 0) return null;
      return { type: "application/json", body: await publicText(of, charts) };
    }),
  );

  const badge = (
    path: string,
    needs: readonly Chart[],
    draw: (document: PublishedDocument | undefined) => string,
  ) =>
    app.get<{ Params: { app: string } }>(`/badge/:app${APP}/${path}`, hidden, (request, reply) =>
      answered(request, reply, async () => {
        const { app: of } = request.params;
        const charts = doors.publicCharts(of);
        if (!needs.some((chart) => charts.includes(chart))) return null;
        const last = (await reader.days(of)).at(-1);
        const [document] = last === undefined ? [] : await reader.documents(of, [last]);
        reply.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
        return { type: "image/svg+xml; charset=utf-8", body: draw(document) };
      }),
    );
  badge("active.svg", ["summary", "active"], activeBadge);
  badge("versions.svg", ["versions"], versionsBadge);

  app.get<{ Params: { token: string } }>(
    `/share/:token${TOKEN}.json`,
    hidden,
    async (request, reply) => {
      reply.header("cache-control", "no-store").header("x-content-type-options", "nosniff");
      const link = doors.shared(request.params.token);
      if (link === null) return sendApiError(request, reply, "not_found");
      try {
        return await reportOf(link.app, link.charts, link.conditions);
      } catch (error) {
        return unavailable(request, reply, error);
      }
    },
  );
}

/** What is the same for whoever asks: other sites may read it, and it is sent once an hour. */
async function answered(
  request: FastifyRequest,
  reply: FastifyReply,
  make: () => Promise<{ type: string; body: string } | null>,
): Promise<FastifyReply> {
  reply
    .header("access-control-allow-origin", "*")
    .header("cross-origin-resource-policy", "cross-origin")
    .header("x-content-type-options", "nosniff");
  let made: { type: string; body: string } | null;
  try {
    made = await make();
  } catch (error) {
    return unavailable(request, reply, error);
  }
  if (made === null) {
    reply.header("cache-control", "no-store");
    return sendApiError(request, reply, "not_found");
  }
  const tag = `"${createHash("sha256").update(made.body).digest("base64url").slice(0, 22)}"`;
  reply.header("cache-control", FOR_EVERYBODY).header("etag", tag);
  if (request.headers["if-none-match"] === tag) return reply.code(304).send();
  return reply.type(made.type).send(made.body);
}

/** The documents are in the store; nothing else can fail here. */
function unavailable(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  request.log.warn({ err: error }, "a published document could not be read");
  reply.header("cache-control", "no-store");
  return sendApiError(request, reply, "store_unavailable");
}
