import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { realFiles } from "./files.ts";

/** What was set aside, for the log and the metrics. */
export interface SetAside {
  /** A damaged frame, an unreadable or foreign segment, a lost segment, or a batch that the store refuses. */
  what: "frame" | "segment" | "missing" | "batch";
  segment: number;
  reason: string;
  /** Bytes set aside; 0 where there is nothing to keep. */
  bytes: number;
}

/** Keeps what cannot be loaded, with the reason beside it, for a person to look at. */
export interface Quarantine {
  /** Writes a copy of these bytes. Resolves once it is on disk; safe to repeat. */
  copy(name: string, bytes: Buffer, reason: string): Promise<void>;
  /** Moves a whole file. Resolves once it is on disk; safe to repeat. */
  move(path: string, name: string, reason: string): Promise<void>;
}

export async function openQuarantine(spoolDirectory: string): Promise<Quarantine> {
  const directory = join(spoolDirectory, "quarantine");
  await mkdir(directory, { recursive: true, mode: 0o700 });

  async function write(name: string, content: Buffer | string): Promise<void> {
    const handle = await open(join(directory, name), "w", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  return {
    async copy(name, bytes, reason) {
      await write(name, bytes);
      await write(`${name}.reason.txt`, `${reason}\n`);
      await realFiles.syncDirectory(directory);
    },
    async move(path, name, reason) {
      await write(`${name}.reason.txt`, `${reason}\n`);
      await rename(path, join(directory, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
      await realFiles.syncDirectory(directory);
      await realFiles.syncDirectory(spoolDirectory);
    },
  };
}
