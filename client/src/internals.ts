import type { SentryState } from "./api.ts";
import type { Consent } from "./consent/consent.ts";
import type { Destination, SinkName } from "./delivery/types.ts";
import type { Journal } from "./journal/types.ts";
import type { Logger } from "./log.ts";

/** What the package's other entries (`/sentry`, `/otel`, `/admin`, `/metrics`) need of a client. */
export interface Internals {
  app: string;
  version: string;
  environment: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  log: Logger;
  journal: Journal;
  destinations: readonly Destination[];
  /** Embedded or configured DSN of Sentry; null without one. */
  sentryDsn: { dsn: string; source: "embedded" | "options" | "environment" } | null;
  /** "" when `installation.json` cannot be kept. */
  installId(): string;
  consent(): Consent;
  /** Another number after each withdrawal and each new identity: what was recorded under an older one is not sent. */
  epoch(): number;
  /** Looks at once for a choice that another process recorded. */
  refresh(): void;
  /** Called after every change of consent; returns how to stop that. */
  onConsent(listener: (consent: Consent) => void): () => void;
  /** Called by `close` of the client, with its deadline in ms. */
  onClose(listener: (deadline: number) => Promise<void>): void;
  /** What `state().sentry` shows. */
  showSentry(state: () => SentryState): void;
  /** 32 bytes that only this install has, for the forms of the page; another for each purpose. */
  deriveKey(purpose: string): Buffer;
  /** Called at the first request to a destination: the notice stands in the log before any packet. */
  beforeSending(sink: SinkName): void;
}

const known = new WeakMap<object, Internals>();

export function registerInternals(rollcall: object, internals: Internals): void {
  known.set(rollcall, internals);
}

/** @throws TypeError for an object that `createRollcall` of this package did not make. */
export function internalsOf(rollcall: object): Internals {
  const found = known.get(rollcall);
  if (found === undefined) throw new TypeError("this is not a client made by createRollcall");
  return found;
}
