#!/usr/bin/env node
import { parseArgs } from "node:util";
import { checkKeys } from "./check-keys.ts";
import type { Outcome } from "./outcome.ts";
import { writeKeys } from "./write-keys.ts";

const HELP = `rollcall-client: keys and types for an app that uses @rollcall/client

  rollcall-client keys --check PATH…   what is embedded in these files or directories
  rollcall-client keys --write PATH…   puts ROLLCALL_ENDPOINT, ROLLCALL_TOKEN and
                                       ROLLCALL_SENTRY_DSN of the environment in place of the
                                       placeholders; what is not set is left empty
  rollcall-client types CATALOGUE.json [-o FILE]
                                       a TypeScript module of a catalogue, for a typed track()

Directories named node_modules or .git inside a PATH are left out unless they are named themselves.
Exit code: 0 done, 1 something was found wrong, 2 the command itself is wrong.`;

const OPTIONS = {
  check: { type: "boolean" },
  write: { type: "boolean" },
  output: { type: "string", short: "o" },
  help: { type: "boolean", short: "h" },
} as const;

async function run(args: string[]): Promise<Outcome> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  if (values.help) return { code: 0, lines: [HELP] };
  const [command, ...paths] = positionals;
  if (command === "keys" && paths.length > 0 && values.check !== values.write) {
    return values.check ? checkKeys(paths) : writeKeys(paths, process.env);
  }
  const [catalogue, ...rest] = paths;
  if (command === "types" && catalogue !== undefined && rest.length === 0) {
    // Only here: the schemas take longer to load than keys take to check.
    const { printTypes } = await import("./print-types.ts");
    return printTypes(catalogue, values.output);
  }
  return { code: 2, lines: [HELP] };
}

async function runSafely(args: string[]): Promise<Outcome> {
  try {
    return await run(args);
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (path === undefined) return { code: 2, lines: [message] };
    const why =
      code === "ENOENT" ? "there is no such file or directory" : `cannot be read (${code})`;
    return { code: 2, lines: [`${path}: ${why}`] };
  }
}

const { code, lines } = await runSafely(process.argv.slice(2));
const stream = code === 2 ? process.stderr : process.stdout;
// A reader such as `head` may have seen enough.
stream.on("error", () => process.exit(code));
stream.write(`${lines.join("\n")}\n`);
process.exitCode = code;
