// What the routes under /api/v1/settings answer, by their own names.

export interface AppSettings {
  rows: {
    app: string;
    name: string | null;
    mode: "catalogue" | "learning";
    k: number;
    newInstallsPerDay: number | null;
    retentionDays: RetentionDays;
    changedAt: string | null;
    changedBy: string | null;
  }[];
}
export type AppRow = AppSettings["rows"][number];

export interface RetentionDays {
  base: number;
  detailed: number;
  signals: number;
}

/** What a retention would delete, by table. `until` is the last UTC day that goes. */
export interface RetentionPreview {
  rows: { table: string; layer: keyof RetentionDays; until: string; rows: number }[];
}

export interface IngestTokens {
  rows: {
    id: string;
    app: string;
    name: string;
    source: "environment" | "file" | "settings";
    hint: string;
    backfill: boolean;
    unattributed: boolean;
    createdAt: string | null;
    lastUsedAt: string | null;
    revokedAt: string | null;
    /** Its own budget; null: the app's. */
    newInstallsPerDay: number | null;
    /** Its own rate; null: the collector's. */
    recordsPerSecond: number | null;
  }[];
}
export type IngestToken = IngestTokens["rows"][number];

export const SCOPES = ["read", "export", "sql", "settings", "restricted"] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiTokens {
  rows: {
    id: string;
    name: string;
    hint: string;
    scopes: Scope[];
    apps: string[] | null;
    createdAt: string;
    expiresAt: string | null;
    lastUsedAt: string | null;
  }[];
}

/** A token or link that has just been made: the only time its text is there. */
export interface Made {
  id: string;
  token: string;
}

export type Role = "administrator" | "viewer";

export interface Users {
  rows: {
    name: string;
    role: Role;
    apps: string[] | null;
    changedAt: string;
    changedBy: string;
  }[];
}
export type User = Users["rows"][number];

export interface Releases {
  rows: {
    version: string;
    day: string;
    listed: boolean;
    /** False where it was in use already when the app's data begins. */
    known: boolean;
    note: string | null;
  }[];
  asOf: string;
}

export interface Annotations {
  rows: { id: string; day: string; text: string }[];
  asOf: string;
}

export interface CatalogueInForce {
  source: "file" | "settings" | null;
  catalogue: { version: number; events: unknown[] } | null;
}

export interface CataloguePreview {
  problems: { path: string; message: string }[];
  difference: {
    eventsAdded: string[];
    eventsRemoved: string[];
    /** `event` null: a property of every event; a side null: it is not there. */
    properties: {
      event: string | null;
      property: string;
      before: string | null;
      after: string | null;
    }[];
    /** Of spans, metrics and logs. */
    attributes: { property: string; before: string | null; after: string | null }[];
    /** Bodies of logs and messages of exceptions. */
    textsAdded: string[];
    textsRemoved: string[];
  } | null;
  refused: { event: string; count: number }[];
}

export interface ShareLinks {
  rows: {
    id: string;
    name: string;
    hint: string;
    charts: string[];
    filters: Record<string, string>;
    expiresAt: string | null;
    createdAt: string;
    expired: boolean;
  }[];
}

export interface PublicPage {
  charts: string[];
  path: string;
  json: string;
  badges: string[];
}

export interface Webhooks {
  rows: {
    id: string;
    name: string;
    url: string;
    events: string[];
    digest: "off" | "daily" | "weekly";
    disabledAt: string | null;
    deliveries: {
      id: string;
      at: string;
      type: string;
      attempt: number;
      ok: boolean;
      message: string;
      nextAttemptAt: string | null;
    }[];
  }[];
}
export type Webhook = Webhooks["rows"][number];

export interface AlertRules {
  rows: {
    rule: string;
    title: string;
    description: string;
    enabled: boolean;
    threshold: number;
    unit: string;
    min: number;
    max: number;
    state: "ok" | "firing" | "unknown";
    since: string | null;
    sentence: string;
  }[];
}

export interface AuditLog {
  rows: {
    at: string;
    by: string;
    action: string;
    kind: string;
    key: string;
    label: string;
    changes: { field: string; before: string | null; after: string | null }[];
  }[];
  next: string | null;
}
