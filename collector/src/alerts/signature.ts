import { createHmac, randomBytes } from "node:crypto";

/**
 * A webhook's secret. It is made from the collector's own key and a random number, and only that number
 * is stored: who reads the settings, or a copy of them, can sign nothing.
 *
 * @param key 32 bytes that only this collector has
 * @param salt what `newSalt` gave when the webhook was made
 */
export const secretOf = (key: Buffer, id: string, salt: string): string =>
  `whsec_${createHmac("sha256", key).update(`webhook\0${id}\0${salt}`).digest("base64url")}`;

export const newSalt = (): string => randomBytes(16).toString("base64url");

/**
 * The header by which a receiver knows who sent a message: `t=<Unix seconds>,v1=<hex>`, where v1 is
 * HMAC-SHA256 with the webhook's secret (as text) over `<t>.<body>`. The time is in it so that an old
 * message cannot be sent again.
 *
 * @example signatureOf("whsec_x", "{}", new Date(0)) // "t=0,v1=…"
 */
export function signatureOf(secret: string, body: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const signed = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${signed}`;
}
