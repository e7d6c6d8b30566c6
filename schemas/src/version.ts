// Every word that may stand in a version. The set is closed so that a version can hold no prose.
const WORD =
  "alpha|beta|rc|a|b|c|d|m|dev|develop|pre|preview|post|nightly|snapshot|canary|edge|next|latest|stable|lts|final|ga|release|hotfix|patch|build|sp|p|r|main|master";
const NUMBER = "\\d{1,8}";
const WORDS = `(?:[-.+_~]?(?:${WORD})(?:[-.]?${NUMBER})?)`;
/** A hash without a prefix holds a letter: digits alone could be a telephone number. */
const HASH = "(?:[-+.](?:(?:g|git\\.|sha[-.])|(?=\\d*[a-f]))[0-9a-f]{7,12})";
const BUILD = "(?:[-+]\\d{1,6}(?:\\.\\d{1,6})?)";
// A build number follows only a number with a dot: 555-123-4567 is not a version.
const VERSION = new RegExp(
  `^(?:v?${NUMBER}(?:\\.${NUMBER}){1,3}${WORDS}{0,3}${BUILD}?${HASH}?${WORDS}?|v?${NUMBER}${WORDS}{0,2}${HASH}?|${WORDS})$`,
  "i",
);

const MAX_LENGTH = 40;

/**
 * Whether a text is a version: `5.10.0`, `v2.0.0-rc.1`, `1.4.dev3+g1a2b3c4`, `2026.7.1`, `nightly`.
 *
 * @example
 * isVersion("1.0.0-alpha.1"); // true
 * isVersion("1.0.0-johns-build"); // false
 */
export function isVersion(text: string): boolean {
  if (text.length > MAX_LENGTH || text.length === 0) return false;
  return isPlainVersion(text) || VERSION.test(text);
}

/** Most versions are up to four short numbers and dots; a loop answers for them without a pattern. */
function isPlainVersion(text: string): boolean {
  let dots = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      if (++digits > 8) return false;
    } else if (code === 46 && digits > 0 && ++dots < 4) digits = 0;
    else return false;
  }
  return digits > 0;
}

const RELEASE = /^\d{1,6}(?:\.\d{1,6}){0,3}(?!\d)(?:-\d{1,6}(?![\dA-Za-z]))?/;

/**
 * The leading numeric release of an operating system's version, or "" where it has none. The rest is
 * cut off because whoever builds a kernel names it, and may give it a person's name or a host's.
 *
 * @example
 * leadingRelease("5.15.0-91-generic"); // "5.15.0-91"
 * leadingRelease("6.1.0-johns-laptop"); // "6.1.0"
 */
export function leadingRelease(text: string): string {
  const release = RELEASE.exec(text)?.[0] ?? "";
  return release.length === text.length ? text : release;
}
