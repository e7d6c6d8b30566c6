import { isUuid } from "./ids.ts";
import { holdsIpAddress } from "./ip.ts";

/** Longer text is never kept whatever it holds, so no more of it is looked at. */
const MAX_LENGTH = 4096;

/** A few plain words, as most values are, hold none of the characters that a rule looks for. */
const WORDS = /^[A-Za-z ]{0,24}$/;
// Each pattern is linear in the text: no quantifier can start inside the match of the one before it.
const EMAIL = /[^\s@<>"'(),:;]@[^\s@.]+\.[^\s@.]/;
const URL_WITH_HOST =
  /(?:^|[^a-z0-9])[a-z][a-z0-9+.-]{1,15}:\/\/[^\s/]|(?:^|\s)\/\/[^\s/]|\bwww\./i;
const QUERY = /[?&][\w.%[\]-]{1,64}=/;
const LOCAL_HOST = /\blocalhost\b/i;
// A route of an app may well be /users/create, so macOS' home directories are known by their capital.
const HOME =
  /\/(?:home|Users)\/[^/\\\s]|\\(?:home|[Uu]sers|USERS|[Dd]ocuments and [Ss]ettings)\\[^/\\\s]/;
const UNC = /(?:^|\s)\\\\[^\\\s]+\\/;
const JWT = /\beyJ[\w-]{8,}\.[\w-]{4,}/;
const PREFIXED_TOKEN =
  /(?:\b|_)(?:gh[opsur]_|github_pat_|glpat-|xox[abprs]-|[sp]k_(?:live|test)_|sk-|AKIA|ASIA|AIza|ya29\.|npm_|phc_|phx_|glc_|glsa_|dop_v1_|hf_|SG\.)[\w.-]{8,}/;
const LONG_HEX = /(?:^|[^0-9a-z])[0-9a-f]{32,}(?:$|[^0-9a-z])/i;
const OPAQUE = /[A-Za-z0-9+/_=-]{20,}/g;
const MAC = /(?:^|[^0-9a-f:.-])[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?:$|[^0-9a-f:.-])/i;
const DIGIT_GROUPS = /\d(?:[ -]?\d){12,18}/g;
const IBAN = /(?:^|[^A-Za-z0-9])([A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30})(?=$|[^A-Za-z0-9])/g;
const PHONES = /(?:\+|\(|\b0)[\d(][\d ()./-]{5,22}\d|\b\d{3}[-. ]\d{3}[-. ]\d{4}\b/g;
const SSN = /\b\d{3}-\d{2}-\d{4}\b/;

/**
 * The rule that a text breaks, or null: does it look like a person, a place or a secret? Only the
 * first 4,096 characters are looked at; a caller refuses longer text unread.
 *
 * It is a second belt. The first is that no type can hold free text at all.
 *
 * @returns "email", "url", "path", "token", "ip", "mac", "iban", "card", "phone", "person" or null
 * @example
 * piiInValue("mail ann@example.org"); // "email"
 * piiInValue("5.10.0"); // null
 */
export function piiInValue(value: string): string | null {
  if (WORDS.test(value) || isUuid(value)) return null;
  const text = value.length > MAX_LENGTH ? value.slice(0, MAX_LENGTH) : value;
  if (holdsEmail(text)) return "email";
  if (URL_WITH_HOST.test(text) || QUERY.test(text) || LOCAL_HOST.test(text)) return "url";
  if (HOME.test(text) || UNC.test(text)) return "path";
  if (holdsToken(text)) return "token";
  if (!/[\d:]/.test(text)) return null;
  if (holdsIpAddress(text)) return "ip";
  if (MAC.test(text)) return "mac";
  if (holdsIban(text)) return "iban";
  if (holdsCard(text)) return "card";
  if (holdsPhone(text)) return "phone";
  return SSN.test(text) ? "person" : null;
}

function holdsEmail(text: string): boolean {
  if (text.includes("@")) return EMAIL.test(text);
  return /%40/.test(text) && EMAIL.test(text.replaceAll("%40", "@"));
}

function holdsToken(text: string): boolean {
  if (JWT.test(text) || PREFIXED_TOKEN.test(text) || LONG_HEX.test(text)) return true;
  for (const [run] of text.matchAll(OPAQUE)) {
    // Words and names hold no digits among capitals; keys made by a machine hold all three.
    if (/[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run) && !isUuid(run)) return true;
  }
  return false;
}

/** Payment card: 13 to 19 digits, a first digit that card networks use, and the Luhn check. */
function holdsCard(text: string): boolean {
  for (const [run] of text.matchAll(DIGIT_GROUPS)) {
    const digits = run.replace(/\D/g, "");
    if (/^[2-6]/.test(digits) && luhn(digits)) return true;
  }
  return false;
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at--, double = !double) {
    const digit = digits.charCodeAt(at) - 48;
    sum += double ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
  }
  return sum % 10 === 0;
}

/** ISO 13616: with the first four characters moved to the end, letters as 10 to 35, modulo 97 is 1. */
function holdsIban(text: string): boolean {
  for (const match of text.matchAll(IBAN)) {
    const compact = (match[1] as string).replaceAll(" ", "").toUpperCase();
    // Words may follow the number, so every length that an IBAN can have is tried.
    for (let length = Math.min(compact.length, 34); length >= 15; length--) {
      if (ibanChecks(compact.slice(0, length))) return true;
    }
  }
  return false;
}

function ibanChecks(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const number = Number.parseInt(character, 36);
    remainder = (remainder * (number > 9 ? 100 : 10) + number) % 97;
  }
  return remainder === 1;
}

function holdsPhone(text: string): boolean {
  for (const [run] of text.matchAll(PHONES)) {
    const digits = run.replace(/\D/g, "").length;
    if (digits >= 7 && digits <= 15) return true;
  }
  return false;
}
