import { HTTP_METHODS } from "./closed-words.ts";
import { templateRoute } from "./route.ts";
import { holdsMore } from "./shapes.ts";

/** What a name that holds nothing safe is kept as. */
const OTHER = "(other)";
const MAX_LENGTH = 120;
const MAX_READ = 400;
/** A name has a few words; more of them are prose. */
const MAX_WORDS = 4;

/** First words of statements: what follows names tables and databases, or is text with literals. */
const STATEMENTS = new Set(
  (
    "select insert update delete replace merge upsert create drop alter truncate begin commit rollback savepoint " +
    "release pragma explain with call exec execute set show use grant revoke vacuum analyze copy lock declare fetch " +
    "connect find findone findandmodify aggregate count distinct getmore hgetall hget hset get set del mget mset incr " +
    "expire eval evalsha multi"
  ).split(" "),
);

const METHOD = /^(?:HTTP )?([A-Z]{3,7})(?: (.*))?$/s;
/** `pg.query:SELECT timetracker`, `mysql.query: SELECT …`: the instrumentation, then the statement. */
const PREFIXED = /^([a-z][a-z0-9_.-]{1,30}): ?([A-Za-z]{2,20})(?:[\s;].*)?$/s;
/** `package.Service/Method` of rpc, `run/tasks.add` of Celery; any other `a/b` may be a path. */
const RPC = /^(?:run|apply_async|(?=[\w.]*[.A-Z])[A-Za-z_][\w.]{0,80})\/[A-Za-z_][\w.]{0,60}$/;
const IDENTIFIER = /^[@$A-Za-z_][\w$.:@-]{0,60}(?:\(\))?$/;
const JOINER = /^(?:-|→|->|:|\/)$/;
const NUMBERED = /^(?:\d+|[0-9a-f]{8,}|[0-9a-f]{8}-[0-9a-f-]{27})$/i;

/**
 * A span's name without what may be content. An HTTP span keeps its method and the template of its
 * path, a statement its first word, an rpc its method; any other name its first words as long as they
 * are names in a program. Asking again gives the same.
 *
 * @param route the span's kept `http.route`, which is more exact than a path in the name
 * @example
 * spanName("GET /projects/42"); // "GET /projects/{id}"
 * spanName("SELECT * FROM users WHERE email = 'ann@example.org'"); // "SELECT"
 * spanName("GET https://ann.example.org/x"); // "GET"
 */
export function spanName(name: string, route = ""): string {
  const text = name.slice(0, MAX_READ).trim();
  const http = METHOD.exec(text);
  if (http !== null && HTTP_METHODS.has(http[1] as string) && !isRedis(text)) {
    return httpName(text, http[1] as string, route || templatePath(http[2] ?? ""));
  }
  if (text.startsWith("/")) return templatePath(text) || OTHER;
  const prefixed = PREFIXED.exec(text);
  if (prefixed !== null && STATEMENTS.has((prefixed[2] as string).toLowerCase())) {
    return `${prefixed[1]}:${prefixed[2]}`;
  }
  if (RPC.test(text) && !holdsMore(text)) return text.slice(0, MAX_LENGTH);
  return firstWords(text);
}

/** `GET session:ann` is a command of a cache; of HTTP only a path, or an address, follows. */
function isRedis(text: string): boolean {
  return /^GET [^/\s]+$/.test(text) && !text.includes("://");
}

function templatePath(path: string): string {
  return path.startsWith("/") ? templateRoute(path, true) : "";
}

function httpName(text: string, method: string, route: string): string {
  const verb = text.startsWith("HTTP ") ? `HTTP ${method}` : method;
  return route === "" ? verb : `${verb} ${route}`;
}

function firstWords(text: string): string {
  const words = text.split(/\s+/);
  const kept: string[] = [];
  let named = 0;
  for (const word of words) {
    const safe = safeWord(word, kept.at(-1));
    if (safe === "") break;
    kept.push(safe);
    if (!JOINER.test(safe)) named += 1;
    if (kept.length === 1 && STATEMENTS.has(safe.toLowerCase())) return safe;
    if (named > MAX_WORDS) break;
  }
  const isCut = named > MAX_WORDS || kept.length < words.length;
  // What had to be cut held content, and a capital in front of it may be the name of somebody.
  if (isCut && /^[A-Z][a-z]+$/.test(kept[0] ?? "")) return OTHER;
  // Whoever writes a sentence names things in it: only the first word stands.
  if (named > MAX_WORDS) return kept[0] as string;
  while (JOINER.test(kept.at(-1) ?? "")) kept.pop();
  const short = kept.join(" ");
  return short === "" ? OTHER : short.slice(0, MAX_LENGTH);
}

/** A word of a span's name that may stand, or "". */
function safeWord(word: string, before: string | undefined): string {
  if (before !== undefined && (JOINER.test(word) || word === "{id}")) return word;
  if (before !== undefined && word.startsWith("/")) return templatePath(word);
  if (before !== undefined && NUMBERED.test(word)) return "{id}";
  if (!IDENTIFIER.test(word) || /\d{3}/.test(word) || holdsMore(word)) return "";
  // `invoice Ann`: a word with a capital, after a plain one, is the name of somebody or something.
  const plain = before !== undefined && /^[a-z]+$/i.test(before) && /^[A-Z][a-z]+$/.test(word);
  return plain ? "" : word;
}
