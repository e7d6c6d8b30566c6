import { existsSync, readFileSync } from "node:fs";
import { machine, release, type } from "node:os";
import type { BaseReport } from "../delivery/encode.ts";
import { fingerprint } from "../installation/fingerprint.ts";
import type { InstallationState } from "../installation/installation-file.ts";

export interface ReportInput {
  installation: Readonly<InstallationState>;
  appVersion: string;
  releaseChannel: string;
  /** Detected when the app does not say. */
  deploymentType?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  now: Date;
}

/**
 * The base report of this install as the system words it: the closed set of the base layer and
 * nothing else, never hostname, address, hardware ids or user names. The guard then brings each
 * value into the schema's spelling (`x86_64`, `en_US`) and cuts off what a kernel's builder added.
 *
 * @returns fields by wire name; times are ISO 8601 in UTC
 */
export function collectBaseReport(input: ReportInput): BaseReport {
  const { installation } = input;
  const now = input.now.toISOString();
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return {
    install_id: installation.install_id,
    telemetry_fingerprint: fingerprint(installation.install_id, installation.telemetry_salt),
    // With it a collector can tell that a request for this install's data comes from this install.
    install_key: installation.install_key,
    app_version: input.appVersion,
    platform: type(),
    os_version: release(),
    architecture: machine(),
    // Without extensions: a calendar or a numbering system is nobody's question.
    locale: new Intl.Locale(locale).baseName,
    timezone: timeZone,
    first_seen_at: installation.first_seen_at,
    last_seen_at: now,
    heartbeat_at: now,
    release_channel: input.releaseChannel,
    deployment_type: input.deploymentType ?? detectDeployment(input.env),
  };
}

/** `kubernetes`, `docker` (any container) or `native`. */
export function detectDeployment(env: Readonly<Record<string, string | undefined>>): string {
  if (env.KUBERNETES_SERVICE_HOST) return "kubernetes";
  if (existsSync("/.dockerenv") || existsSync("/run/.containerenv")) return "docker";
  try {
    if (/docker|containerd|kubepods|libpod/.test(readFileSync("/proc/1/cgroup", "utf8"))) {
      return "docker";
    }
  } catch {
    // Not Linux, or /proc is hidden.
  }
  return "native";
}
