/**
 * A statement as words and signs: comments and blanks are gone, quoted text is one token whose
 * `word` is "", so that nothing inside quotes is ever taken for a keyword.
 */
interface Token {
  /** The word in capitals, the sign itself, or "" for quoted text. */
  word: string;
  end: number;
}

/** ClickHouse's lexer (src/Parsers/Lexer.cpp), as far as it decides where a token ends. */
const TOKEN = new RegExp(
  [
    /\s+|\u{feff}/, // blanks
    /--[^\n]*|#[! ][^\n]*|\/\*[^]*?(?:\*\/|$)/, // comments
    /\$(?<tag>\w*)\$[^]*?\$\k<tag>\$/, // heredoc
    /'(?:[^'\\]|\\[^]|'')*(?:'|$)/,
    /"(?:[^"\\]|\\[^]|"")*(?:"|$)/,
    /`(?:[^`\\]|\\[^]|``)*(?:`|$)/,
    /\u2018[^\u2019]*(?:\u2019|$)|\u201c[^\u201d]*(?:\u201d|$)/, // typographic quotes
    /[\w$]+/,
    /[^]/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "uy",
);
const SKIPPED = /^(?:\s|\u{feff}|--|#[! ]|\/\*)/u;
const QUOTED = /^(?:['"`\u2018\u201c]|\$\w*\$)/u;

function tokens(sql: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(sql); match !== null; match = TOKEN.exec(sql)) {
    const [text] = match;
    if (SKIPPED.test(text)) continue;
    found.push({ word: QUOTED.test(text) ? "" : text.toUpperCase(), end: TOKEN.lastIndex });
  }
  return found;
}

const READS = new Set(["SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS"]);
const isName = (word: string | undefined) => word === "" || /^[A-Z_]\w*$/.test(word ?? ";");

export type Checked = { ok: true; sql: string } | { ok: false; problem: string };

/**
 * Looks at the text of one reading statement before the engine does: `readonly` lets INTO OUTFILE
 * write, and says of the rest less clearly what is wrong. The engine's own limits hold regardless.
 *
 * @returns the statement without what follows its last token, or what is wrong with it
 * @example checkStatement("SELECT 1; -- one") // { ok: true, sql: "SELECT 1" }
 */
export function checkStatement(sql: string): Checked {
  const refuse = (problem: string): Checked => ({ ok: false, problem });
  const list = tokens(sql);
  while (list.at(-1)?.word === ";") list.pop();
  const words = list.map(({ word }) => word);
  const last = list.at(-1);
  if (last === undefined) return refuse("found nothing to run, allowed is one reading statement.");
  if (words.includes(";")) return refuse("found several statements, allowed is one.");
  const first = words.find((word) => word !== "(") ?? "";
  if (!READS.has(first)) {
    return refuse(
      "found a statement that does not read, allowed are SELECT, WITH, SHOW, DESCRIBE, EXPLAIN and EXISTS.",
    );
  }
  for (const [at, word] of words.entries()) {
    const [before, next, after] = [words[at - 1], words[at + 1], words[at + 2]];
    if (before === ".") continue;
    if (word === "INTO" && next === "OUTFILE") {
      return refuse("found INTO OUTFILE, allowed are statements that write nothing.");
    }
    if (word === "SETTINGS" && isName(next) && after === "=") {
      return refuse("found a SETTINGS clause, allowed are the settings of this endpoint.");
    }
    if (word === "FORMAT" && isName(next) && after === undefined) {
      return refuse("found a FORMAT clause, allowed is JSON, which is what comes anyway.");
    }
  }
  return { ok: true, sql: sql.slice(0, last.end) };
}
