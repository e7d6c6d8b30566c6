import { piiInValue } from "../pii-values.ts";

const MAX_FRAMES = 50;
const MAX_LENGTH = 20_000;
const UNKNOWN = "?";

/** Folders below which a path is the app's own, wherever it was put. */
const ANCHORS = new Set("src dist lib build".split(" "));
const SEGMENT = /^(?!.*\d{5})[@A-Za-z_][A-Za-z0-9_@.+-]{0,59}$/;
const FILE =
  /^(?!.*\d{5})[A-Za-z_][A-Za-z0-9_.+-]{0,79}\.(?:[cm]?[jt]sx?|py|rb|go|java|cs|vue|svelte)$/;
const RUNTIME = /^node:[a-z][a-z0-9_]*(?:\/[a-z][a-z0-9_]*){0,6}$/;
const FUNCTION =
  /^(?!.*\d{5})(?:async |new |get |set )?(?:<anonymous>|<module>|<lambda>|[#A-Za-z_$][\w$#]{0,79})(?:\.(?:<anonymous>|<computed>|[#A-Za-z_$][\w$#]{0,79})){0,7}(?: \[as [A-Za-z_$][\w$]{0,59}\])?$/;

/**
 * A file's path without the directories above the app: from the package on where it is a package's,
 * from `src`, `dist`, `lib` or `build` on where there is one, else its last name.
 *
 * @returns "?" for what is no source file
 * @example
 * sourcePath("/home/ann/tracker/src/routes/projects.ts"); // "src/routes/projects.ts"
 * sourcePath("file:///srv/app/node_modules/pg/lib/client.js"); // "node_modules/pg/lib/client.js"
 */
export function sourcePath(file: string): string {
  if (file.length > 1_000) return UNKNOWN;
  if (RUNTIME.test(file)) return file;
  const path = file
    .replace(/^file:\/\//, "")
    .replaceAll("\\", "/")
    .replace(/[?#].*$/s, "");
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  const name = segments.pop() ?? "";
  if (!FILE.test(name) || piiInValue(name) !== null) return UNKNOWN;
  const folders = segments.slice(start(segments));
  const safe = folders.length <= 12 && folders.every((folder) => SEGMENT.test(folder));
  const whole = safe ? [...folders, name].join("/") : name;
  // The @ of a scoped package makes no address.
  return piiInValue(whole.replaceAll("/@", "/")) === null ? whole : name;
}

/** Where the part of a path begins that the app's author named; the length where there is none. */
function start(folders: readonly string[]): number {
  for (const packages of ["node_modules", "site-packages", "dist-packages"]) {
    const at = folders.lastIndexOf(packages);
    if (at >= 0) return at;
  }
  let at = folders.length - 1;
  while (at >= 0 && !ANCHORS.has(folders[at] as string)) at -= 1;
  if (at < 0) return folders.length;
  while (at > 0 && ANCHORS.has(folders[at - 1] as string)) at -= 1;
  return at;
}

/** A function's name as a stack has it, or "?" for one that somebody computed. */
export function functionInStack(name: string): string {
  return name.length <= 200 && FUNCTION.test(name) && piiInValue(name) === null ? name : UNKNOWN;
}

const JS_FRAME = /^\s*at (?:(.{1,300}?) \()?([^()]{1,1000}?):(\d{1,7})(?::(\d{1,7}))?\)?$/;
const PYTHON_FRAME = /^\s*File "([^"]{1,1000})", line (\d{1,7})(?:, in (.{1,200}))?$/;

/**
 * A stack trace as `at function (file:line:column)` lines, the app's part of each path only. Messages,
 * source lines and whatever else stands in it are left out. Asking again gives the same.
 *
 * @returns "" where there is no frame
 */
export function reduceStack(stack: string): string {
  const frames: string[] = [];
  for (const row of stack.slice(0, MAX_LENGTH).split("\n", 500)) {
    if (frames.length >= MAX_FRAMES) break;
    if (row.length > 1_500) continue;
    const frame = jsFrame(row) ?? pythonFrame(row);
    if (frame !== null) frames.push(frame);
  }
  return frames.join("\n");
}

function jsFrame(row: string): string | null {
  const match = JS_FRAME.exec(row);
  if (match === null) return null;
  const at = sourcePath(match[2] as string);
  const position = match[4] === undefined ? match[3] : `${match[3]}:${match[4]}`;
  return `at ${functionInStack(match[1] ?? "<anonymous>")} (${at}:${position})`;
}

function pythonFrame(row: string): string | null {
  const match = PYTHON_FRAME.exec(row);
  if (match === null) return null;
  return `at ${functionInStack(match[3] ?? "<module>")} (${sourcePath(match[1] as string)}:${match[2]})`;
}
