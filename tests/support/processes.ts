import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

interface Process {
  pid: number;
  parent: number;
  state: string;
}

function processes(): Process[] {
  // `ps` is missing on a bare Debian, and /proc on a Mac.
  if (process.platform === "linux") return procProcesses();
  const listing = execFileSync("ps", ["-A", "-o", "pid=,ppid=,state="], { encoding: "utf8" });
  return listing
    .trim()
    .split("\n")
    .map((line) => {
      const [pid, parent, state = ""] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), state: state.slice(0, 1) };
    });
}

function procProcesses(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = readStat(Number(name));
      return stat === null ? [] : [{ pid: Number(name), ...stat }];
    });
}

/** The processes below `pid`, children and their children. */
export function descendants(pid: number): number[] {
  const children = Map.groupBy(processes(), ({ parent }) => parent);
  const found: number[] = [];
  for (const queue = [pid]; queue.length > 0; ) {
    const below = (children.get(queue.pop()!) ?? []).map((child) => child.pid);
    found.push(...below);
    queue.push(...below);
  }
  return found;
}

/** True while the process runs; a zombie that waits to be reaped no longer does. */
export function isRunning(pid: number): boolean {
  if (process.platform === "linux") return (readStat(pid)?.state ?? "Z") !== "Z";
  return processes().some((each) => each.pid === pid && each.state !== "Z");
}

/** Resident memory in bytes, 0 for a process that is gone. Linux only. */
export function residentBytes(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** User and system seconds of a process and of its exited children, 0 for one that is gone. Linux only. */
export function cpuSeconds(pid: number): number {
  // Linux fixes the unit of these fields at 100 ticks a second for user space.
  return (readStat(pid)?.ticks ?? 0) / 100;
}

/** Waits until `done()` holds. */
export async function waitFor(
  what: string,
  milliseconds: number,
  done: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`waited ${milliseconds} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function readStat(pid: number): { state: string; parent: number; ticks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name stands in parentheses and may itself hold spaces and parentheses.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { state: fields[0]!, parent: Number(fields[1]), ticks };
  } catch {
    return null;
  }
}
