import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflate } from "@sparticuz/chromium";

/** What `playwright-core` needs to launch the unpacked Chromium on a machine without any of its libraries. */
export interface Chromium {
  executablePath: string;
  env: Record<string, string>;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Unpacks the Chromium that the npm package carries, its shared libraries and its fonts, once, to
 * `.cache/chromium-<version>/`. Call it in one process at a time (vitest's globalSetup).
 */
export async function unpackChromium(): Promise<Chromium> {
  const packed = join(root, "node_modules", "@sparticuz", "chromium");
  const { version } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8"));
  const home = join(root, ".cache", `chromium-${version}`);
  if (!(await exists(home))) await unpack(join(packed, "bin"), home);
  return {
    executablePath: join(home, "chromium"),
    env: {
      HOME: home,
      LANG: "C.UTF-8",
      LD_LIBRARY_PATH: join(home, "al2023", "lib"),
      FONTCONFIG_FILE: join(home, "fontconfig.xml"),
    },
  };
}

async function unpack(bin: string, home: string): Promise<void> {
  // Unpacked beside its final place and renamed, so that an interrupted run leaves nothing half done.
  const staging = `${home}.${process.pid}`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(join(staging, "fontconfig-cache"), { recursive: true });
  const tmpdir = process.env.TMPDIR;
  // `inflate` writes to the system's temporary folder; there is no other way to say where.
  process.env.TMPDIR = staging;
  try {
    const archives = ["chromium.br", "al2023.tar.br", "fonts.tar.br"];
    await Promise.all(archives.map((archive) => inflate(join(bin, archive))));
  } finally {
    if (tmpdir === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = tmpdir;
  }
  writeFileSync(
    join(staging, "fontconfig.xml"),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${home}/fonts/fonts</dir>
  <cachedir>${home}/fontconfig-cache</cachedir>
</fontconfig>
`,
  );
  renameSync(staging, home);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
