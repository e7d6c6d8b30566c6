import { isIP } from "node:net";
import { isInside, type WebhookNetworks } from "./network.ts";

const HTTPS = "https:// to a public address";
const NAMED =
  "what ROLLCALL_WEBHOOK_PRIVATE names of this machine and its network, by http:// or https://";

const allowed = ({ anyPrivate }: WebhookNetworks) =>
  anyPrivate ? `allowed is ${HTTPS}, and ${NAMED}` : `allowed is ${HTTPS}`;

/** The host of a URL as an address or a name. */
const hostOf = ({ hostname }: URL): string => {
  const host = hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  return host === "localhost" ? "127.0.0.1" : host;
};

/**
 * What is wrong with a webhook's address, in words for who set it, or null. What a name stands for is
 * looked up when a message is sent, and judged then by `mayConnect`.
 */
export function addressProblem(text: string, networks: WebhookNetworks): string | null {
  if (!URL.canParse(text)) return `found no URL, ${allowed(networks)}`;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return `found a user name or password in the URL, ${allowed(networks)}; the signature says who sends`;
  }
  const host = hostOf(url);
  const isHttp = url.protocol === "http:";
  if (!isHttp && url.protocol !== "https:") return `found ${url.protocol}//, ${allowed(networks)}`;
  if (isHttp && !networks.anyPrivate) {
    return `found http://, ${allowed(networks)}; for this machine or its network name it in ROLLCALL_WEBHOOK_PRIVATE`;
  }
  if (isIP(host) === 0 || mayConnect(host, url.protocol, networks)) return null;
  const where = isInside(host) ? "an address of this machine or its network" : "an address";
  return `found ${where} that is not allowed, ${allowed(networks)}`;
}

/** Whether a message may go to this address: in clear text only where it does not leave the own network. */
export const mayConnect = (address: string, protocol: string, networks: WebhookNetworks): boolean =>
  networks.allows(address) && (protocol === "https:" || isInside(address));
