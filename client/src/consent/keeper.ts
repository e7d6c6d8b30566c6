import type { Installation } from "../installation/installation.ts";
import type { Logger } from "../log.ts";
import type { ChoiceKeeper } from "./choice.ts";
import type { Consent } from "./consent.ts";

type Listener = (consent: Consent) => void;

/** What may be sent now, kept in step with what this process and others record. */
export interface ConsentKeeper {
  current(): Consent;
  /** Decides again, after a change of the file's content, and tells everybody. */
  apply(): void;
  /** Looks for what another process recorded. Costs one `stat`. */
  refresh(): void;
  /**
   * Called whenever what may be sent has changed; returns how to stop that.
   *
   * @param options `first`: also once for what holds now, after the call that is under way
   */
  onChange(listener: Listener, options?: { first?: boolean }): () => void;
}

export interface ConsentKeeperInput {
  choice: ChoiceKeeper | null;
  installation: Installation | null;
  decide: () => Consent;
  /** Called after each decision, also when it is the same: identity or epoch may have changed. */
  open: Listener;
  log: Logger;
}

/** Decides at once; `open` is first called by the first `apply`. */
export function createConsentKeeper(input: ConsentKeeperInput): ConsentKeeper {
  const { choice, installation, decide, open, log } = input;
  const listeners = new Set<Listener>();
  let consent = decide();

  function apply(): void {
    const before = JSON.stringify(consent);
    choice?.acceptAtStart(decide());
    consent = decide();
    open(consent);
    if (JSON.stringify(consent) === before) return;
    for (const listener of listeners) tell(listener, consent);
  }

  /** At once. A handler of the app's may be async, and its rejection must not end the process. */
  function tell(listener: Listener, now: Consent): void {
    new Promise<unknown>((resolve) => resolve(listener(now))).catch((error: unknown) => {
      const kind = error instanceof Error ? error.name : typeof error;
      log.error({ kind }, "a handler of a consent change failed");
    });
  }

  return {
    current: () => consent,
    apply,
    refresh() {
      choice?.retry();
      if (installation?.refresh()) apply();
    },
    onChange(listener, options = {}) {
      listeners.add(listener);
      if (options.first) queueMicrotask(() => tell(listener, consent));
      return () => listeners.delete(listener);
    },
  };
}
