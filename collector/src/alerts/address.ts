/** Addresses of this machine: nobody listens in between. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** What is wrong with a webhook's address, in words for who set it, or null. */
export function addressProblem(text: string): string | null {
  const allowed = "allowed is https://…, or http:// to this machine (localhost, 127.0.0.1, [::1])";
  if (!URL.canParse(text)) return `found no URL, ${allowed}`;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return `found a user name or password in the URL, ${allowed}; the signature says who sends`;
  }
  if (url.protocol === "https:") return null;
  if (url.protocol === "http:" && LOOPBACK.test(url.hostname)) return null;
  return `found ${url.protocol}//, ${allowed}`;
}
