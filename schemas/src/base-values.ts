import { type AttributeValue, Kind } from "./attributes.ts";
import { type ClosedSet, closedSet, closedWords } from "./closed-set.ts";
import { DROP, type Dropped, type DropReason } from "./reasons.ts";
import { parseTime } from "./time.ts";
import type { Decide } from "./types.ts";

export const platforms = closedSet({
  Linux: "linux2 gnu/linux",
  Windows: "win32 windows_nt",
  Darwin: "macos mac osx",
  FreeBSD: "",
  OpenBSD: "",
  NetBSD: "",
  DragonFly: "",
  SunOS: "solaris illumos",
  AIX: "",
  Android: "",
  iOS: "",
  Haiku: "",
  Cygwin: "",
});
export const architectures = closedSet({
  x86_64: "amd64 x64 x86-64",
  x86: "i386 i486 i586 i686 ia32",
  aarch64: "arm64 armv8l arm64e",
  arm: "armv5l armv6l armv7l armv7 armhf armel",
  ppc64le: "ppc64el",
  ppc64: "",
  riscv64: "",
  s390x: "",
  loongarch64: "loong64",
  mips64: "mips64el",
  mips: "mipsel",
});
export const channels = closedWords(
  "default stable release latest lts rc beta alpha nightly dev develop development edge canary main master testing test staging preview snapshot next insider production custom",
);
export const deployments = closedSet({
  docker: "docker-compose docker_compose container",
  native: "bare-metal bare_metal",
  kubernetes: "k8s helm",
  podman: "",
  lxc: "lxd incus",
  snap: "",
  flatpak: "",
  appimage: "",
  vm: "",
  package: "deb rpm apk",
  pip: "",
  npm: "",
  source: "git",
  systemd: "",
  nix: "nixos",
  serverless: "",
  paas: "heroku",
  desktop: "",
  development: "dev",
  unknown: "",
});

/** A field of text in its canonical form; what has none ("") is dropped for the reason given. */
export function text(canonical: (text: string) => string, otherwise: DropReason): Decide {
  const refusal = DROP[otherwise];
  return (kind: Kind, value: AttributeValue): string | Dropped => {
    if (kind !== Kind.String || typeof value !== "string") return DROP.type_mismatch;
    const kept = canonical(value);
    return kept === "" ? refusal : kept;
  };
}

export const wordOf = (set: ClosedSet): Decide => text(set.normalise, "value_not_listed");

export const time: Decide = (kind, value) => {
  if (kind !== Kind.String || typeof value !== "string") return DROP.type_mismatch;
  const milliseconds = parseTime(value);
  return milliseconds === 0 ? DROP.value_malformed : milliseconds;
};

// 32 bytes are 43 base64 digits, and the last of them carries four bits only.
const KEY = /^[A-Za-z0-9+/_-]{42}[AEIMQUYcgkosw048]=?$/;
export const canonicalKey = (key: string): string =>
  KEY.test(key) ? key.slice(0, 43).replaceAll("+", "-").replaceAll("/", "_") : "";
