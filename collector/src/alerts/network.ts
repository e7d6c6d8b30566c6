import { BlockList, isIP } from "node:net";

/** Where webhooks may go besides public addresses. */
export interface WebhookNetworks {
  /** Whether an address may be connected to. */
  allows(address: string): boolean;
  /** False where only public addresses are allowed. */
  anyPrivate: boolean;
}

type Subnet = readonly [network: string, prefix: number];

const LOOPBACK: readonly Subnet[] = [
  ["127.0.0.0", 8],
  ["::1", 128],
];
/** Of a LAN, of a provider's own network (Tailscale uses it, too), and their like in IPv6. */
const PRIVATE: readonly Subnet[] = [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["fc00::", 7],
];
/**
 * Never a receiver, whatever is named: link-local addresses, where clouds keep their machines'
 * credentials, and what is nobody's, everybody's or another address in disguise (IANA special-purpose
 * registries).
 */
const NEVER: readonly Subnet[] = [
  ["169.254.0.0", 16],
  ["fe80::", 10],
  // The same credentials by IPv6, amid private addresses.
  ["fd00:ec2::", 32],
  ["0.0.0.0", 8],
  ["192.0.0.0", 24],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
  ["2001::", 32],
  ["2002::", 16],
];
/** Everything that is public in IPv6. */
const GLOBAL_IPV6: Subnet = ["2000::", 3];

const familyOf = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");

function listOf(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, familyOf(network));
  return list;
}

const inside = listOf([...LOOPBACK, ...PRIVATE]);
const never = listOf(NEVER);
const globalIpv6 = listOf([GLOBAL_IPV6]);

/** An IPv4 address in IPv6's clothes: `::ffff:127.0.0.1`, in any way of writing it. */
const mapped = listOf([["::ffff:0:0", 96]]);

/** One entry of the list: `loopback`, `private`, an address, or a range such as `192.168.1.0/24`. */
function subnetsOf(entry: string): readonly Subnet[] | null {
  if (entry === "loopback") return LOOPBACK;
  if (entry === "private") return PRIVATE;
  const [, network = "", length] = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(network)] ?? -1;
  const prefix = length === undefined ? most : Number(length);
  return prefix >= 1 && prefix <= most ? [[network, prefix]] : null;
}

/**
 * Reads what `ROLLCALL_WEBHOOK_PRIVATE` names; "" allows public addresses only.
 *
 * @returns null where an entry is not one
 * @example parseNetworks("loopback,192.168.1.0/24")?.allows("192.168.1.7") // true
 */
export function parseNetworks(text: string): WebhookNetworks | null {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  const subnets = entries.map(subnetsOf);
  if (subnets.includes(null)) return null;
  const named = listOf(subnets.flatMap((found) => found ?? []));
  return {
    anyPrivate: entries.length > 0,
    allows(text) {
      const address = text.replace(/%.*$/, "");
      if (isIP(address) === 0) return false;
      const family = familyOf(address);
      if (never.check(address, family)) return false;
      if (inside.check(address, family)) return named.check(address, family);
      return (
        family === "ipv4" || mapped.check(address, family) || globalIpv6.check(address, family)
      );
    },
  };
}

/** True for an address of this machine or of its own network: what goes there crosses no other. */
export function isInside(text: string): boolean {
  const address = text.replace(/%.*$/, "");
  return isIP(address) !== 0 && inside.check(address, familyOf(address));
}
