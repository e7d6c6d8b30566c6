import { architectures } from "../base-values.ts";
import { type ClosedSet, closedSet, closedWords } from "../closed-set.ts";
import { canonicalUuid } from "../ids.ts";
import { isVersion, leadingRelease } from "../version.ts";
import * as words from "./closed-words.ts";
import { templateRoute } from "./route.ts";
import { holdsMore, isClassName, isProgramName } from "./shapes.ts";
import { reduceStack } from "./stack.ts";

/** An attribute's value that can be kept. */
export type SemanticValue = string | number | boolean;

/** What is allowed to stand in an attribute: in words for the document, and as code. */
export interface ValueRule {
  readonly words: string;
  /** The value in its canonical form, or null. */
  readonly keep: (value: unknown) => SemanticValue | null;
}

function text(inWords: string, canonical: (text: string) => string): ValueRule {
  return {
    words: inWords,
    keep: (value) => (typeof value === "string" ? canonical(value) || null : null),
  };
}

function oneOf(set: ClosedSet): ValueRule {
  return text(`one of ${set.members.join(", ")}`, set.normalise);
}

const oneOfWords = (list: string): ValueRule => oneOf(closedWords(list));

function matching(inWords: string, pattern: RegExp): ValueRule {
  return text(inWords, (value) => (value.length <= 80 && pattern.test(value) ? value : ""));
}

/** A whole number, which old conventions wrote as text and a decoder may give as a bigint. */
function integer(inWords: string, least: number, most: number): ValueRule {
  return {
    words: inWords,
    keep(value) {
      const decimal = typeof value === "string" && /^\d{1,15}$/.test(value);
      const number = typeof value === "bigint" || decimal ? Number(value) : value;
      if (typeof number !== "number" || !Number.isSafeInteger(number)) return null;
      return number >= least && number <= most ? number : null;
    },
  };
}

export const boolean: ValueRule = {
  words: "true or false",
  keep: (value) => (typeof value === "boolean" ? value : null),
};

const asIs = (holds: (text: string) => boolean) => (value: string) => (holds(value) ? value : "");
const status = /^[1-5]\d{2}$/;

export const count = integer("a whole number from 0", 0, Number.MAX_SAFE_INTEGER);
export const statusCode = integer("100 to 599", 100, 599);
export const grpcStatus = integer("0 to 16", 0, 16);
export const line = integer("a whole number from 0", 0, 10_000_000);
export const smallNumber = integer("0 to 9", 0, 9);

export const httpMethod = text("a method of HTTP; any other is `_OTHER`", (value) => {
  const upper = value.length <= 10 ? value.toUpperCase() : "";
  return words.HTTP_METHODS.has(upper) ? upper : "_OTHER";
});
export const route = text("a route; what may be an id becomes `{id}`", templateRoute);
export const errorType = text("the name of a class, an error code or a status code", (value) =>
  status.test(value) || isClassName(value) ? value : "",
);
export const className = text("the name of a class", asIs(isClassName));
export const functionName = text("the name of a function", (value) =>
  /^[A-Za-z_$][\w$.<>:]{0,99}$/.test(value) && !holdsMore(value) ? value : "",
);
export const programName = text(
  "a name in a program: no spaces, hosts, ids or long numbers",
  (value) => (isProgramName(value) ? value : ""),
);
export const serviceName = matching(
  "letters, digits, `-` and `_`",
  /^(?!.*\d{5})[A-Za-z][A-Za-z0-9_-]{0,62}(?::[a-z]{1,20})?$/,
);
export const version = text("a version", asIs(isVersion));
export const osVersion = text("the leading numbers of a release", leadingRelease);
export const uuid = text("a UUID", canonicalUuid);
export const stack = text(
  "for each frame function, module and line; nothing of the message, no directory of a person",
  reduceStack,
);

export const database = text(
  "the name of a known database, else `other_sql`",
  (value) => words.databases.normalise(value) || "other_sql",
);
export const operation = oneOf(words.operations);
export const databaseCode = matching("an error code", /^(?!.*\d{6})[A-Z0-9_]{1,40}$/);
export const language = oneOf(words.languages);
export const protocol = oneOf(words.protocols);
export const transport = oneOf(words.transports);
export const messagingSystem = oneOf(words.messagingSystems);
export const rpcSystem = oneOf(words.rpcSystems);
export const architecture = oneOf(architectures);
export const protocolVersion = matching("a number such as 1.1", /^\d(?:\.\d)?$/);
export const scheme = oneOfWords("http https ws wss");
export const networkType = oneOfWords("ipv4 ipv6");
export const messagingOperation = oneOfWords(
  "create send receive process settle publish deliver ack nack",
);
export const graphqlOperation = oneOfWords("query mutation subscription");
export const osType = oneOf(
  closedSet({
    linux: "",
    windows: "win32",
    darwin: "macos",
    freebsd: "",
    netbsd: "",
    openbsd: "",
    dragonflybsd: "",
    hpux: "",
    aix: "",
    solaris: "sunos",
    zos: "",
  }),
);
export const runtime = oneOf(
  closedSet({
    nodejs: "node node.js",
    cpython: "python",
    pypy: "",
    deno: "",
    bun: "",
    go: "gc",
    dotnet: ".NET",
    "OpenJDK Runtime Environment": "",
    ruby: "",
    php: "",
    browser: "",
  }),
);
export const environment = oneOf(
  closedSet({
    production: "prod live",
    staging: "stage",
    development: "dev develop local debug",
    test: "testing ci",
  }),
);
export const sdkName = text("the name of an SDK", (value) =>
  /^[a-z][a-z0-9_.-]{1,40}$/.test(value) && !holdsMore(value) ? value : "",
);
export const state = oneOfWords("idle used active");
export const cpuMode = oneOfWords("user system nice idle iowait interrupt steal kernel");
export const middleware = oneOfWords(
  "middleware router request_handler request-handler hook handler",
);
export const gcType = oneOfWords("major minor incremental weakcb");
export const heapSpace = oneOfWords(
  "new_space old_space code_space map_space large_object_space new_large_object_space code_large_object_space " +
    "read_only_space shared_space shared_large_object_space trusted_space trusted_large_object_space",
);
export const memoryType = oneOfWords("rss vms voluntary involuntary major minor user system");
export const messageType = oneOfWords("SENT RECEIVED");
export const spanStatus = oneOfWords("OK ERROR");
