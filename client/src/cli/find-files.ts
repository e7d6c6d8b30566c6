import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Larger files are no source and no bundle. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_FILES = 50_000;
const LEFT_OUT = new Set(["node_modules", ".git"]);

/** One file, byte for byte: latin1 keeps what is no text as it is. */
export interface FoundFile {
  path: string;
  text: string;
}

/**
 * Goes through files and directories. Links inside a directory are not followed, nor is anything
 * but plain files read.
 *
 * @throws the system's error for a path that is not there, and Error for more than 50,000 files
 */
export function* findFiles(paths: readonly string[]): Generator<FoundFile> {
  let files = 0;
  for (const root of paths) {
    for (const path of walk(root)) {
      files += 1;
      if (files > MAX_FILES) throw new Error(`more than ${MAX_FILES} files: name fewer paths`);
      if (statSync(path).size > MAX_BYTES) continue;
      yield { path, text: readFileSync(path, "latin1") };
    }
  }
}

function* walk(path: string): Generator<string> {
  const found = statSync(path);
  if (found.isFile()) yield path;
  if (!found.isDirectory()) return;
  const entries = readdirSync(path, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = join(path, entry.name);
    if (entry.isFile()) yield inside;
    else if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) yield* walk(inside);
  }
}
