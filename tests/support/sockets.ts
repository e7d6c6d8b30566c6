import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface Listener {
  address: string;
  port: number;
}

/** The TCP addresses a process listens on. Linux only: it reads /proc. */
export function listeners(pid: number): Listener[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return []; // closed since the directory was read
      }
    }),
  );
  return ["tcp", "tcp6"].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === "0A" && inodes.has(fields[9]!))
      .map((fields) => {
        const [address = "", port = ""] = fields[1]!.split(":");
        return {
          address: family === "tcp" ? dotted(address) : address,
          port: Number.parseInt(port, 16),
        };
      }),
  );
}

/** The kernel prints an IPv4 address as one little-endian number. */
function dotted(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return bytes
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join(".");
}
