import { z } from "zod";

/*
 * Everything that can be set at run time, one schema a kind. A value is checked when it is written and
 * again when it is read, so that an entry of a newer version is left out instead of misread.
 */

const moment = z.iso.datetime();
const day = z.iso.date();
const appName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
/** SHA-256 in base64url. */
const tokenHash = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** The last characters, by which a person tells tokens apart. */
const hint = z.string().max(8);

/** What an API token or a user may do. */
export const SCOPES = ["read", "export", "sql", "settings", "restricted"] as const;
export type Scope = (typeof SCOPES)[number];

export const ROLES = ["administrator", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** How often a webhook gets a digest of every app. */
export const DIGESTS = ["off", "daily", "weekly"] as const;
export type Digest = (typeof DIGESTS)[number];

/** Days that rows are kept, as the tables' own TTL has it (25 and 13 months, 30 days). */
export const DEFAULT_RETENTION_DAYS = { base: 761, detailed: 396, signals: 30 } as const;

/** New installs a day above which the maintainer is alerted; records a second that a token may send. */
const limit = z.int().min(1).max(10_000_000);

const days = (most: number) => z.int().min(1).max(most);

export const kinds = {
  /** key: the app */
  app: z.object({
    name: z.string().min(1).max(80).optional(),
    /** Groups smaller than this are never shown to restricted readers. */
    k: z.int().min(5).max(1000).default(10),
    retentionDays: z
      .object({
        base: days(3660),
        detailed: days(3660),
        signals: days(3660).default(DEFAULT_RETENTION_DAYS.signals),
      })
      .default({ ...DEFAULT_RETENTION_DAYS }),
    /** Of each ingest token of the app that has none of its own; null: none. */
    budget: z.object({ newInstallsPerDay: limit.nullable() }).default({ newInstallsPerDay: null }),
  }),
  /** key: an id */
  ingest_token: z.object({
    app: appName,
    name: z.string().max(80),
    hash: tokenHash,
    hint,
    backfill: z.boolean(),
    /** May send traces, metrics and logs that say no install. */
    unattributed: z.boolean().default(false),
    createdAt: moment,
    /** From this moment on it opens nothing; in the future while a rotation's grace lasts. */
    revokedAt: moment.nullable(),
    /** Its own budget; null: the app's. */
    newInstallsPerDay: limit.nullable().default(null),
    /** Its own rate; null: the configuration's. */
    recordsPerSecond: limit.nullable().default(null),
  }),
  /** key: an id */
  api_token: z.object({
    name: z.string().max(80),
    hash: tokenHash,
    hint,
    scopes: z.array(z.enum(SCOPES)).min(1),
    /** null: every app. */
    apps: z.array(z.string()).nullable(),
    expiresAt: moment.nullable(),
    createdAt: moment,
  }),
  /** key: the user's name */
  user: z.object({
    role: z.enum(ROLES),
    passwordHash: z.string(),
    /** null: every app. */
    apps: z.array(z.string()).nullable(),
    /** Sessions of another epoch have ended. */
    sessionEpoch: z.int().nonnegative(),
  }),
  /** key: app/version */
  release: z.object({
    app: z.string(),
    version: z.string(),
    day,
    note: z.string().max(200).optional(),
  }),
  /** key: an id */
  annotation: z.object({ app: z.string(), day, text: z.string().min(1).max(80) }),
  /** key: the app. Checked by parseCatalogue. */
  catalogue: z.object({ catalogue: z.record(z.string(), z.unknown()) }),
  /** key: an id */
  share_link: z.object({
    app: z.string(),
    name: z.string().max(80),
    hash: tokenHash,
    hint: hint.optional(),
    charts: z.array(z.string()),
    /** Fields and their values, at most two. */
    filters: z.record(z.string(), z.string()),
    expiresAt: moment.nullable(),
    createdAt: moment,
  }),
  /** key: the app */
  public_page: z.object({ charts: z.array(z.string()) }),
  /** key: an id */
  webhook: z.object({
    name: z.string().max(80),
    url: z.url(),
    secret: z.string(),
    events: z.array(z.string()),
    /** How often it gets a digest of every app. */
    digest: z.enum(DIGESTS).default("off"),
    disabledAt: moment.nullable(),
  }),
  /** key: app/rule */
  alert: z.object({
    app: z.string(),
    rule: z.string(),
    enabled: z.boolean(),
    threshold: z.number().nullable(),
  }),
} satisfies Record<string, z.ZodType>;

export type Kind = keyof typeof kinds;
export type ValueOf<K extends Kind> = z.output<(typeof kinds)[K]>;
/** What may be written: defaults may be left out. */
export type InputOf<K extends Kind> = z.input<(typeof kinds)[K]>;

export const isKind = (text: string): text is Kind => Object.hasOwn(kinds, text);

/** Fields that no answer repeats. */
export const SECRET_FIELDS: ReadonlySet<string> = new Set(["hash", "passwordHash", "secret"]);
