import type { Catalogue } from "@rollcall/schemas";
import { createBaseLayer } from "../base/base.ts";
import { collectBaseReport } from "../base/base-report.ts";
import { createNotice } from "../base/notice.ts";
import type { Consent } from "../consent/consent.ts";
import { withFreshConsent } from "../consent/fresh-consent.ts";
import type { Guard } from "../events/guard.ts";
import type { Installation } from "../installation/installation.ts";
import type { Logger } from "../log.ts";
import type { RollcallOptions } from "../options.ts";
import { createDelivery, type LastResult } from "./delivery.ts";
import { createResource, type OutgoingRecord } from "./encode.ts";
import { createQueue } from "./queue.ts";
import { withRetry } from "./retry.ts";
import { createSender } from "./sender.ts";
import { createHttpTransport } from "./transport.ts";

/** Everything that can send. It does so only while consent holds it open. */
export interface Outlet {
  /** Starts and stops the layers, and forgets detailed records that may no longer go. */
  open(consent: Consent): void;
  accept(record: OutgoingRecord): void;
  /** Sends what is left for at most `deadline` ms. Resolves with the number of records left. */
  close(deadline: number): Promise<number>;
  state(): OutletState;
}

export interface OutletState {
  /** Bytes are estimated; `dropped` counts records that a full queue pushed out. */
  queue: { records: number; bytes: number; dropped: number };
  /** Records since start: stored, refused one by one, and lost with a refused request. */
  sent: number;
  rejected: number;
  givenUp: number;
  last: LastResult | null;
  /** ISO 8601; null while the base layer is off. */
  nextHeartbeatAt: string | null;
}

export interface OutletInput {
  options: RollcallOptions<Catalogue>;
  env: Readonly<Record<string, string | undefined>>;
  installation: Installation;
  url: URL;
  guard: Guard;
  /** Looks for a choice that another process recorded, and applies it. */
  refresh: () => void;
  log: Logger;
}

export function createOutlet(input: OutletInput): Outlet {
  const { options, env, installation, url, guard, refresh, log } = input;
  const { app, version, environment, delivery: tuning = {} } = options;
  let consent: Consent | null = null;
  let closing = false;

  const queue = createQueue({
    records: tuning.queueRecords ?? 10_000,
    bytes: tuning.queueBytes ?? 5 * 1024 * 1024,
  });
  const delivery = createDelivery({
    resource: createResource({ app, version, environment }),
    connect: () => withRetry(withFreshConsent(connect(), refresh), tuning.retry),
    beforeSending: createNotice(installation, url.origin, log),
    log,
  });
  const sender = createSender({
    queue,
    delivery,
    allowed: () => consent?.detailed ?? false,
    flushAfterMs: tuning.flushAfterMs ?? 5_000,
    pauseMs: tuning.pauseMs ?? 30_000,
    batchRecords: tuning.batchRecords ?? 512,
  });
  const base = createBaseLayer({ installation, report, guard, delivery, refresh, log });

  const connect = () =>
    createHttpTransport({ url, token: options.token ?? "", timeoutMs: tuning.timeoutMs });

  function report(now: Date) {
    return collectBaseReport({
      installation: installation.current(),
      appVersion: version,
      releaseChannel: options.releaseChannel ?? env.RELEASE_CHANNEL ?? "default",
      deploymentType: options.deploymentType,
      env,
      now,
    });
  }

  async function close(deadline: number): Promise<number> {
    closing = true;
    const cancel = new AbortController();
    // Referenced on purpose: nothing else keeps the process alive while the last batch is sent.
    const timer = setTimeout(() => {
      cancel.abort();
      base.stop();
    }, deadline);
    const [left] = await Promise.all([sender.drain(cancel.signal), base.finish()]);
    clearTimeout(timer);
    delivery.shutdown();
    return left;
  }

  return {
    open(now) {
      consent = now;
      if (!now.base) base.stop();
      else if (!closing) base.start();
      if (!now.detailed) sender.forget();
    },
    accept: (record) => sender.accept(record),
    close,
    state: () => ({
      queue: { ...queue.size(), dropped: queue.dropped() },
      ...delivery.totals(),
      givenUp: sender.givenUp(),
      last: delivery.last(),
      nextHeartbeatAt: base.next()?.toISOString() ?? null,
    }),
  };
}
