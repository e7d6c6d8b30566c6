import {
  appendInt64,
  appendString,
  appendUInt8,
  appendUInt16,
  appendUInt32,
  appendWords,
  type ColumnBytes,
  createColumnBytes,
  resetColumn,
} from "../../collector/src/spool/column.ts";
import { encodeBlock, type NativeBlock } from "../../collector/src/spool/native.ts";
import type { Install } from "./install.ts";
import { NEVER } from "./options.ts";

interface ModelColumn {
  name: string;
  /** As it goes over the wire. */
  type: string;
  append(stream: ColumnBytes, install: Install): void;
}

const uint8 = (name: string, value: (install: Install) => number): ModelColumn => ({
  ...{ name, type: "UInt8" },
  append: (stream, install) => appendUInt8(stream, value(install)),
});
const uint16 = (name: string, value: (install: Install) => number): ModelColumn => ({
  ...{ name, type: "UInt16" },
  append: (stream, install) => appendUInt16(stream, value(install)),
});
const uint32 = (name: string, value: (install: Install) => number): ModelColumn => ({
  ...{ name, type: "UInt32" },
  append: (stream, install) => appendUInt32(stream, value(install)),
});
const text = (name: string, value: (install: Install) => string): ModelColumn => ({
  ...{ name, type: "String" },
  append: (stream, install) => appendString(stream, value(install)),
});
const bytes = (name: string, value: (install: Install) => Uint32Array): ModelColumn => ({
  ...{ name, type: "FixedString(32)" },
  append(stream, install) {
    for (const word of value(install)) appendUInt32(stream, word);
  },
});

/** The columns of `fleet_installs` as they are sent; `sql-model.ts` stores them. */
const COLUMNS: readonly ModelColumn[] = [
  uint32("number", ({ number }) => number),
  { name: "install_id", type: "UUID", append: (stream, { id }) => appendWords(stream, id) },
  bytes("fingerprint", ({ fingerprint }) => fingerprint),
  bytes("key", ({ key }) => key),
  uint8("has_fingerprint", ({ hasFingerprint }) => Number(hasFingerprint)),
  uint8("has_key", ({ hasKey }) => Number(hasKey)),
  {
    ...{ name: "first_seen", type: "Int64" },
    append: (stream, { firstSeen }) => appendInt64(stream, firstSeen),
  },
  uint16("from_1", ({ lives }) => lives[0]![0]),
  uint16("until_1", ({ lives }) => lives[0]![1]),
  uint16("from_2", ({ lives }) => lives[1]?.[0] ?? NEVER),
  uint16("until_2", ({ lives }) => lives[1]?.[1] ?? NEVER),
  uint8("only_first_seen", ({ onlyFirstSeen }) => Number(onlyFirstSeen)),
  uint16("off_every", ({ offEvery }) => offEvery),
  uint32("beat", ({ beat }) => beat),
  text("platform", ({ platform }) => platform),
  text("os_version", ({ osVersion }) => osVersion),
  text("architecture", ({ architecture }) => architecture),
  text("locale", ({ locale }) => locale),
  text("timezone", ({ timezone }) => timezone),
  text("release_channel", ({ channel }) => channel),
  text("deployment_type", ({ deployment }) => deployment),
  text("environment", ({ environment }) => environment),
  {
    ...{ name: "offset", type: "Int32" },
    append: (stream, { offset }) => appendUInt32(stream, offset),
  },
  uint16("share_from", ({ sharing }) => sharing[0]),
  uint16("share_until", ({ sharing }) => sharing[1]),
  uint16("users", ({ users }) => users),
  uint16("size", ({ size }) => size),
  uint32("weight", ({ weight }) => weight),
  uint32("areas", ({ areas }) => areas),
  uint8("onboarding", ({ onboarding }) => onboarding),
  uint8("traced", ({ traced }) => Number(traced)),
];

/** The one column that has two streams: where each list ends, and all lists one after the other. */
const ADOPTED = { name: "adopted", type: "Array(UInt16)" };

export const modelColumns = [...COLUMNS, ADOPTED].map(({ name }) => name);
/** Name and type of each column, for `input()`. */
export const modelStructure = [...COLUMNS, ADOPTED]
  .map(({ name, type }) => `${name} ${type}`)
  .join(", ");

/** Native blocks of the installs from `first` up to, without, `until`. */
export async function* modelBlocks(
  install: (number: number) => Install,
  installs: number,
  rowsAtOnce: number,
): AsyncGenerator<Buffer> {
  const block: NativeBlock = {
    ...{ rows: 0, mark: 0 },
    columns: [
      ...COLUMNS.map(({ name, type }) => columnOf(name, type, 1)),
      columnOf(ADOPTED.name, ADOPTED.type, 2),
    ],
  };
  const streams = block.columns.map((column) => column.streams[0]!);
  const [ends, adopted] = block.columns.at(-1)!.streams as [ColumnBytes, ColumnBytes];
  for (let number = 0; number < installs; ) {
    block.rows = 0;
    for (const { streams: all } of block.columns) all.forEach(resetColumn);
    for (; block.rows < rowsAtOnce && number < installs; number += 1) {
      const made = install(number);
      for (const [at, { append }] of COLUMNS.entries()) append(streams[at]!, made);
      for (const day of made.adopted) appendUInt16(adopted, day);
      appendInt64(ends, adopted.length / 2);
      block.rows += 1;
    }
    // Copied, because the block's memory is used again while these bytes are on their way.
    yield Buffer.concat(encodeBlock(block));
  }
}

function columnOf(name: string, type: string, streams: number) {
  const header = createColumnBytes();
  appendString(header, name);
  appendString(header, type);
  return {
    name,
    header: header.bytes.subarray(0, header.length),
    streams: Array.from({ length: streams }, createColumnBytes),
  };
}
