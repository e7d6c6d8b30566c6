import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { sendApiError } from "../errors.ts";
import { createRate, type Rate } from "../rate.ts";
import { createFailureLimit, type FailureLimit, SESSION_COOKIE } from "./session.ts";

/** Questions of one caller: a dashboard asks about ten at once, and again every 30 seconds. */
export interface RateBounds {
  perMinute: number;
  burst: number;
  /** Tokens that open nothing, of all callers at once; then one a second. */
  wrongTokens: number;
}

const RATE_BOUNDS: RateBounds = { perMinute: 1200, burst: 400, wrongTokens: 60 };

/** Callers that are remembered; whoever is forgotten begins with a full bucket. */
const MOST_CALLERS = 1000;

/** Counts tokens that open nothing, for the doors that take tokens together. */
export const createTokenLimit = ({ wrongTokens }: Partial<RateBounds> = {}): FailureLimit =>
  createFailureLimit(wrongTokens ?? RATE_BOUNDS.wrongTokens, 1);

/**
 * Limits how often one caller asks, by the token or session it shows. Stands behind the hook that
 * checks these, so strangers fill no bucket. An address is never looked at.
 */
export function limitCallers(scope: FastifyInstance, bounds: Partial<RateBounds> = {}): void {
  const { perMinute, burst } = { ...RATE_BOUNDS, ...bounds };
  const rates = new Map<string, Rate>();

  function rateOf(credentials: string): Rate {
    const key = createHash("sha256").update(credentials).digest("base64");
    const rate = rates.get(key) ?? createRate({ perSecond: perMinute / 60, burst });
    // The one that asked last goes to the end, so that the first is the longest silent.
    rates.delete(key);
    rates.set(key, rate);
    if (rates.size > MOST_CALLERS) rates.delete(rates.keys().next().value as string);
    return rate;
  }

  scope.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config.open) return;
    const { authorization } = request.headers;
    const allowed = rateOf(authorization ?? request.cookies[SESSION_COOKIE] ?? "");
    if (allowed()) return;
    const message = `Too many questions: ${perMinute} a minute are allowed for one token or session.`;
    return sendApiError(request, reply, "rate_limited", message);
  });
}
