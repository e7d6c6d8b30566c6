import { randomUUID } from "node:crypto";
import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface IncomingFile {
  /** Relative to the engine's working directory: chDB would read `{}` or `*` in a path as a glob. */
  path: string;
  bytes: number;
  remove(): Promise<void>;
}

export interface Incoming {
  /** Writes the data of an insert to a file. Nothing is left behind when it throws. */
  save(inlineData: string, body: Readable): Promise<IncomingFile>;
}

const FOLDER = "incoming";

/** Files for the data of running inserts, in the working directory; those of a killed engine go. */
export function openIncoming(workingDirectory: string): Incoming {
  const directory = join(workingDirectory, FOLDER);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return {
    async save(inlineData, body) {
      const name = randomUUID();
      const absolute = join(directory, name);
      const remove = (): Promise<void> => unlink(absolute).catch(() => {});
      async function* data(): AsyncGenerator<Buffer> {
        if (inlineData !== "") yield Buffer.from(inlineData);
        yield* body;
      }
      try {
        const file = createWriteStream(absolute, { mode: 0o600, highWaterMark: 1024 * 1024 });
        await pipeline(Readable.from(data()), file);
        return { path: `${FOLDER}/${name}`, bytes: (await stat(absolute)).size, remove };
      } catch (error) {
        await remove();
        throw error;
      }
    },
  };
}
