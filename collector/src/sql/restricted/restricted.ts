import { join } from "node:path";
import { exception } from "../../engine/exception.ts";
import type { EngineLog } from "../../engine/supervise.ts";
import type { PublishedReader } from "../../published/reader.ts";
import { type Asked, createDoor, type DoorAnswer } from "../door.ts";
import { engineTarget } from "../targets.ts";
import { closed, NoAnswer } from "../upstream.ts";
import { PUBLISHED_DATABASE, whyRestrictedMayNot } from "../wall.ts";
import { withoutPaths } from "../words.ts";
import { createPublishedDatabases } from "./databases.ts";
import { createLazyEngine } from "./engine.ts";

/** SQL for those who may see only what is published. */
export interface RestrictedSql {
  ask(apps: readonly string[], asked: Asked): Promise<DoorAnswer>;
  stop(): Promise<void>;
}

const IDLE_MS = 10 * 60_000;
const FOLDER = "published-engine";

const AWAY = exception(210, "NETWORK_ERROR", "The published counts cannot be read at the moment");

/**
 * Answers restricted readers from an engine of its own that is filled with published documents and
 * nothing else (docs/decisions/0014). Nothing here knows the store: it is given a reader of documents
 * and a directory.
 *
 * @example const restricted = createRestrictedSql({ reader, dataDir, log });
 */
export function createRestrictedSql(deps: {
  reader: PublishedReader;
  dataDir: string;
  log: EngineLog;
  /** How long the engine stays after the last question. @default 10 min */
  idleMs?: number;
}): RestrictedSql {
  const { reader, dataDir, log, idleMs = IDLE_MS } = deps;
  const engine = createLazyEngine({ directory: join(dataDir, FOLDER), log, idleMs });
  const databases = createPublishedDatabases(reader);
  engine.onStart(databases.forget);
  const door = createDoor();

  async function answer(apps: readonly string[], asked: Asked): Promise<DoorAnswer> {
    return engine.use(async (running) => {
      const database = await databases.of(apps, running);
      const target = engineTarget(running);
      if (target === null) return { ok: false, refused: AWAY };
      const own = ["", "default", database].includes(asked.request.database);
      if (!own) {
        // Whether there is one of this name is nobody's business.
        const refused = exception(81, "UNKNOWN_DATABASE", "There is no such database here");
        return { ok: false, refused };
      }
      const done = await door(
        { ...target, database },
        {
          whyNot: (canonical) => whyRestrictedMayNot(canonical, database),
          insteadOf: (canonical) =>
            canonical.replace(
              /^SHOW DATABASES(?= FORMAT \w+$|$)/,
              "SELECT currentDatabase() AS name",
            ),
          scrub: (text) => scrub(text, database),
        },
        { ...asked, request: { ...asked.request, database } },
      );
      // The engine stays as long as somebody reads from it.
      if (done.ok && !Buffer.isBuffer(done.answer)) {
        const { answer: stream } = done;
        void engine.use(() => closed(stream));
      }
      return done;
    });
  }

  return {
    async ask(apps, asked) {
      try {
        return await answer(apps, asked);
      } catch (err) {
        if (!(err instanceof NoAnswer)) {
          log.warn({ err }, "a restricted reader's statement could not be answered");
        }
        return { ok: false, refused: AWAY };
      }
    },
    stop: engine.stop,
  };
}

/** ClickHouse suggests names of other databases, and tells where on the machine it is. */
function scrub(text: string, own: string): string {
  return withoutPaths(text)
    .replace(/\.? ?Maybe you meant:? [^\n]*?(?=\. \(|\.?\s*$)/g, "")
    .replace(PUBLISHED_DATABASE, (name) => (name === own ? name : "(another)"));
}
