import type { Catalogue, CatalogueEvent, Property } from "@rollcall/schemas";
import type { Consent } from "./consent/consent.ts";
import type { BaseReport } from "./delivery/encode.ts";
import type { SinkName, SinkState } from "./delivery/types.ts";
import type { Track, TrackOptions } from "./events/events.ts";
import type { ConsentEntry } from "./installation/history.ts";
import type { Mode } from "./installation/mode.ts";
import type { JournalItem, ReadOptions, SentEntry, UnsentEntry } from "./journal/types.ts";

/**
 * Telemetry of one install, as the host app, the admin page and the wizard use it. Nothing here
 * throws for what the network, the disk or the collector does.
 */
export interface Rollcall<C extends Catalogue = Catalogue> {
  /**
   * Records a detailed event. Does nothing unless somebody opted in. Returns at once and never
   * throws; a field that the catalogue does not allow is dropped, an event that it does not list is
   * refused, both with one line in the log.
   *
   * @example
   * rollcall.track("timer.started", { project_id: 4 }, { user: 17 });
   */
  track: Track<C>;
  /**
   * `$pageview`: a page was opened. Only the catalogue's route templates pass; a path with ids comes
   * out as its template.
   *
   * @example rollcall.trackPageView("/projects/42", { user: 17 }); // pathname: "/projects/:id"
   */
  trackPageView(path: string, options?: TrackOptions): void;
  /** `analytics.identify`, where the catalogue has it: a user was active. The collector keeps a keyed hash of the id only. */
  identify(user: string | number): void;
  /** `telemetry.install`, where the catalogue has it. Sent by itself once after each opt-in. */
  installPing(): void;
  /** `telemetry.update`, where the catalogue has it. Sent by itself when the app's version has changed since the last start. */
  updatePing(oldVersion: string): void;
  /** `telemetry.health`, where the catalogue has it: call it as often as the app likes to be counted as healthy. */
  healthPing(): void;
  /** The app's own structured event, into `logs/app.jsonl` with the request's id. It stays there. */
  logEvent(name: string, fields?: Readonly<Record<string, unknown>>): void;

  /** Records that a person switched detailed telemetry on. `who` is kept on disk, never sent. */
  optIn(who?: string): ConsentChange;
  /** Records that a person switched it off. Queued events are forgotten at once; base goes on. */
  optOut(who?: string): ConsentChange;
  /** Records a person's choice of mode. */
  setMode(mode: Mode, who?: string): ConsentChange;
  /** Accepts what the catalogue gained since the last acceptance. */
  acceptCatalogue(who?: string): ConsentChange;
  /** The wizard's end: setup is complete, and the choice is recorded. */
  completeSetup(choice: { detailed: boolean; who?: string }): ConsentChange;

  /** What may be sent now, and which layer decided. */
  consent(): Consent;
  state(): RollcallState;
  /** What the next base report and the queue would send, made by the code that sends. */
  wouldSend(): Promise<WouldSend>;
  sent(options?: ReadOptions): Promise<SentEntry[]>;
  unsent(options?: ReadOptions): Promise<UnsentEntry[]>;
  /** Sends an empty OTLP request, which says nothing but tells whether address and token are good. */
  testSink(sink: SinkName): Promise<SinkTest>;
  /** A new id, salt and key pair: to the collector a new install. */
  rotateIdentity(who?: string): ConsentChange;
  /** Asks every collector for all it has about this install. Works while off. */
  exportMyData(): Promise<MyDataExport>;
  /** Has the collector erase this install, then goes Off and forgets the identity here. Works while off. */
  eraseMyData(who?: string): Promise<ErasureResult>;

  /**
   * Sends what is queued, for at most `deadline` ms (default 2,000), and lets go of everything.
   * What could not be sent stays on disk for the next start, and is what the promise resolves with.
   * Never rejects.
   */
  close(options?: { deadline?: number }): Promise<{ left: number }>;
}

/** What became of a person's choice. */
export interface ConsentChange {
  /** Whether the choice is on disk. An opt-out holds in this process even when it is not. */
  saved: boolean;
  /** What may be sent from now on, all layers considered. */
  consent: Consent;
}

/** For the admin page or a health check. */
export interface RollcallState {
  app: string;
  appVersion: string;
  consent: Consent;
  setup: { complete: boolean; completedAt: string | null };
  /** Null when `installation.json` cannot be kept. */
  identity: Identity | null;
  /** None where nothing is configured to send to. */
  sinks: SinkState[];
  /** Null without a catalogue. */
  catalogue: CatalogueState | null;
  /** Null where the app does not use Sentry. */
  sentry: SentryState | null;
  /** Null until the collector has answered, or where it has no meter. */
  meter: MeterState | null;
  /** Newest first. */
  history: ConsentEntry[];
  /** What keeps the client from working, in words. */
  problems: string[];
}

/** Who the install is to a collector. */
export interface Identity {
  installId: string;
  /** SHA-256 of install id and salt. */
  fingerprint: string;
  /** The first four of 64 digits, then dots: the salt itself is shown nowhere. */
  saltMasked: string;
  /** Raw Ed25519 public key in base64url, as it is sent. */
  installKey: string;
  firstSeenAt: string;
}

/** The app's catalogue, and what of it waits for an acceptance. */
export interface CatalogueState {
  version: number;
  /** Of the catalogue that was accepted; null before the first opt-in. */
  acceptedVersion: number | null;
  events: readonly CatalogueEvent[];
  common: Readonly<Record<string, Property>>;
  /** What the catalogue has and the acceptance has not. It is not sent. */
  gained: Gained[];
}

/** One thing that waits for the next acceptance. */
export interface Gained {
  event: string;
  /** "" for a whole event. */
  property: string;
  /** In words: `new event`, `new property (id)`, `new values: pdf, excel`. */
  what: string;
}

/** Whether errors go to Sentry, and what is left of them. */
export interface SentryState {
  /** Whether it sends now. */
  active: boolean;
  /** Host of the DSN; null without one. */
  dsnHost: string | null;
  source: "embedded" | "options" | "environment" | null;
  tracesSampleRate: number;
  /** The scrubbing rules in words. */
  rules: readonly string[];
}

/** How many installs share version, OS, locale and time zone with this one. */
export interface MeterState {
  sharedBy: "fewer_than_10" | "fewer_than_100" | "at_least_100";
  /** The snapshot's day, YYYY-MM-DD. */
  asOf: string;
  /** Whether OS, time zone and locale are coarsened before they are sent. */
  coarsened: boolean;
}

/** What would leave at this moment. */
export interface WouldSend {
  /** The next heartbeat as it would leave now; null while the base layer is off. */
  base: JournalItem | null;
  /** Why the base layer would not send; "" while it would. */
  baseHeldBy: string;
  /** Detailed records that wait, oldest first, at most 200 of them. */
  queued: JournalItem[];
  /** All that wait. */
  queuedTotal: number;
  /** The base fields with this install's values. */
  report: BaseReport | null;
}

/** How `testSink` ended. */
export interface SinkTest {
  ok: boolean;
  /** What was answered, or why nothing was sent. */
  result: string;
  /** The request as it was sent, without the token. */
  preview: string;
}

/** How `exportMyData` ended. */
export type MyDataExport = { ok: true; data: MyData[] } | { ok: false; problem: string };

/** Everything that one collector has about an install. */
export interface MyData {
  sink: SinkName;
  app: string;
  install_id: string;
  exported_at: string;
  /** Rows by table. */
  rows: Record<string, number>;
  tables: Record<string, Record<string, unknown>[]>;
}

/** How `eraseMyData` ended. */
export type ErasureResult =
  | { ok: true; receipts: ErasureReceipt[] }
  /** Nothing was forgotten here either: try again when the collector answers. */
  | { ok: false; problem: string };

/** A collector's answer to an erasure. */
export interface ErasureReceipt {
  sink: SinkName;
  app: string;
  install_id: string;
  erased_at: string;
  /** Rows that were erased, by table. */
  rows: Record<string, number>;
  /** What may remain for a while, and until when, in words. */
  remains: string[];
}
