import { expect, it } from "vitest";
import { LOOPBACK, NOW } from "../read/testing.ts";
import { addressProblem } from "./address.ts";
import { type DeliverParts, deliver } from "./deliver.ts";
import { parseNetworks, type WebhookNetworks } from "./network.ts";
import { startReceiver } from "./receiver.fixture.ts";
import type { Message } from "./state.ts";

const named = (text: string) => parseNetworks(text) as WebhookNetworks;

it.each([
  ["8.8.8.8", "", true],
  ["2606:4700::1111", "", true],
  ["::ffff:8.8.8.8", "", true],
  ["127.0.0.1", "", false],
  ["127.0.0.1", "loopback", true],
  ["127.9.9.9", "loopback", true],
  ["::1", "loopback", true],
  ["::ffff:127.0.0.1", "", false],
  ["0:0:0:0:0:ffff:7f00:0001", "private", false],
  ["::ffff:7f00:1", "loopback", true],
  ["10.1.2.3", "loopback", false],
  ["10.1.2.3", "private", true],
  ["172.31.0.1", "private", true],
  ["172.32.0.1", "", true],
  ["192.168.1.7", "192.168.1.0/24", true],
  ["192.168.2.7", "192.168.1.0/24", false],
  ["192.168.1.7", "192.168.1.7", true],
  ["192.168.1.8", "192.168.1.7", false],
  ["100.64.0.1", "", false],
  ["fd12::1", "private", true],
  ["fd12::1", "fd12::/16", true],
  ["fd12::1", "", false],
  // Never, whatever is named.
  ["169.254.169.254", "loopback,private,169.254.0.0/16", false],
  ["::ffff:169.254.169.254", "loopback,private,169.254.0.0/16", false],
  ["fe80::1", "private,fe80::/10", false],
  ["fe80::1%eth0", "private", false],
  ["fd00:ec2::254", "private", false],
  ["0.0.0.0", "loopback,private", false],
  ["::", "loopback,private", false],
  ["224.0.0.1", "private", false],
  ["255.255.255.255", "private", false],
  ["ff02::1", "private", false],
  ["2002:7f00:1::", "private", false],
  ["64:ff9b::7f00:1", "private", false],
  ["no address", "private", false],
])("%s with “%s” named may be connected to: %s", (address, text, allowed) => {
  expect(named(text).allows(address)).toBe(allowed);
});

it.each(["lan", "10.0.0.0/33", "10.0.0.0/0", "10.0.0/8", "example.org", "loopback private"])(
  "“%s” names no network",
  (text) => {
    expect(parseNetworks(text)).toBeNull();
  },
);

it("allows https to public addresses and nothing else where nothing is named", () => {
  const problem = (url: string) => addressProblem(url, named(""));
  expect(problem("https://hooks.example.org/x")).toBeNull();
  expect(problem("https://8.8.8.8/")).toBeNull();
  expect(problem("http://hooks.example.org/")).toContain("ROLLCALL_WEBHOOK_PRIVATE");
  for (const host of ["localhost", "LOCALHOST.", "127.1", "[::1]", "192.168.0.1", "[fe80::1]"]) {
    expect(problem(`https://${host}/`), host).toContain("not allowed");
  }
});

const message = { id: "x", type: "test" } as Message;
const parts = { secret: "s", message, now: NOW, userAgent: "x" };
/** A name server that gives each of these in turn. */
const answering = (...addresses: string[]) => {
  const asked: string[] = [];
  const resolve = ((name: string, _options: object, done: (...found: unknown[]) => void) => {
    const address = addresses[Math.min(asked.length, addresses.length - 1)] ?? "";
    asked.push(name);
    done(null, [{ address, family: address.includes(":") ? 6 : 4 }]);
  }) as unknown as NonNullable<DeliverParts["resolve"]>;
  return { asked, resolve };
};

it("judges what a name stands for, and connects to what was judged", async () => {
  const receiver = await startReceiver();
  const url = receiver.url.replace("127.0.0.1", "hooks.example.org");
  const right = answering("127.0.0.1", "169.254.169.254");
  const sent = await deliver({ ...parts, url, networks: LOOPBACK, resolve: right.resolve });
  expect(sent).toEqual({ ok: true, status: 204, message: "accepted" });
  expect(right.asked).toEqual(["hooks.example.org"]);
  expect(receiver.received[0]?.headers.host).toBe(new URL(url).host);

  for (const [networks, protocol, address] of [
    [named(""), "https:", "127.0.0.1"],
    [named("private"), "http:", "127.0.0.1"],
    [LOOPBACK, "http:", "169.254.169.254"],
    // In clear text only within the own network.
    [LOOPBACK, "http:", "8.8.8.8"],
  ] as const) {
    const { resolve } = answering(address);
    const to = url.replace("http:", protocol);
    expect(await deliver({ ...parts, url: to, networks, resolve })).toEqual({
      ...{ ok: false, status: null },
      message:
        "not sent: the name stands for an address that ROLLCALL_WEBHOOK_PRIVATE does not name",
    });
  }
  expect(receiver.received).toHaveLength(1);
  await receiver.close();
});
