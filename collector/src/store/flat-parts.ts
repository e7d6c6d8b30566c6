/**
 * Which part of a MergeTree table has what since when, read from the names of its parts: every insert
 * gets the next number, a merged part has all numbers from its first to its last, and a part that a
 * mutation has rewritten ends with the mutation's number.
 */
export interface Part {
  name: string;
  first: number;
  last: number;
  /** 0: none has rewritten it. */
  mutation: number;
}

const NAME = /^.+?_(\d+)_(\d+)_\d+(?:_(\d+))?$/;

/** @example partOf("all_1_222_5_223") // { name: …, first: 1, last: 222, mutation: 223 } */
export function partOf(name: string): Part | null {
  const [, first, last, mutation = "0"] = NAME.exec(name) ?? [];
  if (first === undefined || last === undefined) return null;
  return { name, first: Number(first), last: Number(last), mutation: Number(mutation) };
}

/**
 * Parts that hold rows which were not there before. A merge of parts that were is none of them; of a
 * merge of some that were and some that were not it cannot be told apart which rows are new.
 *
 * @param before the parts of an app, at an earlier look
 * @param everybodys all parts of the table, at that look
 * @param now the parts of the app
 * @returns null where rows may have been taken away, too
 */
export function newParts(
  before: readonly string[],
  everybodys: readonly string[],
  now: readonly string[],
): string[] | null {
  const [own, all, current] = [partsOf(before), partsOf(everybodys), partsOf(now)];
  if (own === null || all === null || current === null) return null;
  if (!own.every((part) => isKept(part, current))) return null;
  return current.filter((part) => !isMadeOf(part, all)).map(({ name }) => name);
}

/** null where one of the names cannot be read. */
function partsOf(names: readonly string[]): Part[] | null {
  const parts = names.map(partOf).filter((part) => part !== null);
  return parts.length < names.length ? null : parts;
}

/** Still there, or merged into a part that no later mutation has rewritten. */
function isKept(part: Part, current: readonly Part[]): boolean {
  const holder = current.find(({ first, last }) => first <= part.first && part.last <= last);
  if (holder === undefined) return false;
  return holder.mutation === part.mutation || part.first > holder.mutation;
}

/** Whether all of its numbers were there before; that of a mutation holds no rows. */
function isMadeOf({ first, last, mutation }: Part, all: readonly Part[]): boolean {
  const known = new Set([mutation, ...all.map((part) => part.mutation)]);
  const inside = all
    .filter((part) => first <= part.first && part.last <= last)
    .sort((one, other) => one.first - other.first);
  let next = first;
  for (const part of inside) {
    while (known.has(next)) next++;
    if (part.first > next) return false;
    next = part.last + 1;
  }
  return next > last;
}
