import { hash } from "node:crypto";

const HEX = new Uint8Array(128).fill(255);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  HEX[text.charCodeAt(0)] = digit;
  HEX[text.toUpperCase().charCodeAt(0)] = digit;
}

/**
 * Writes a UUID with dashes as ClickHouse keeps it: two little-endian 64-bit halves.
 * Returns false, with `out` undefined in content, where the text is not a UUID.
 */
export function uuidWords(text: string, out: Uint32Array): boolean {
  if (text.length !== 36) return false;
  if (!dash(text, 8) || !dash(text, 13) || !dash(text, 18) || !dash(text, 23)) return false;
  const a = hexWord(text, 0, 8);
  const b = hexWord(text, 9, 13);
  const c = hexWord(text, 14, 18);
  const d = hexWord(text, 19, 23);
  const e = hexWord(text, 24, 28);
  const f = hexWord(text, 28, 36);
  if (a < 0 || b < 0 || c < 0 || d < 0 || e < 0 || f < 0) return false;
  out[0] = b * 65536 + c;
  out[1] = a;
  out[2] = f;
  out[3] = d * 65536 + e;
  return true;
}

/**
 * 16 bytes that stand for a `log.record.uid`: a UUID as it is, any other text as the start of its
 * SHA-256. So the spool holds no text of the sender's, and a UUID, the usual case, costs no hash.
 */
export function uidWords(uid: string, out: Uint32Array): void {
  if (uuidWords(uid, out)) return;
  const digest = hash("sha256", uid, "buffer");
  for (let i = 0; i < 4; i++) out[i] = digest.readUInt32LE(i * 4);
}

function dash(text: string, at: number): boolean {
  return text.charCodeAt(at) === 45;
}

/** Up to 8 hexadecimal digits as a number, -1 where one is not. */
function hexWord(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    const digit = code < 128 ? HEX[code]! : 255;
    if (digit > 15) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** The 16 bytes of a UUID in the order of its text. */
export function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}
