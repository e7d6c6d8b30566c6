/**
 * A small ClickHouse SQL lexer: enough to find statement ends, clauses and calls without being
 * fooled by strings, quoted names, comments and heredocs.
 */
export type TokenKind = "word" | "quoted" | "string" | "symbol";

export interface Token {
  kind: TokenKind;
  /** As written; for "quoted" and "string" with their quotes. */
  text: string;
  start: number;
  end: number;
}

const WORD = /[\p{L}\p{N}_$]+(?:\.\d+)?/uy;
const SPACE = /\s+/uy;
const LINE_COMMENT = /(?:--|#!|# )[^\n]*/y;
const HEREDOC = /\$[\p{L}\p{N}_]*\$/uy;
const CLOSING_QUOTE: Record<string, string> = {
  "'": "'",
  '"': '"',
  "`": "`",
  "‘": "’",
  "“": "”",
};

/** The token at or after `position`; null at the end of the text. An unclosed quote runs to the end. */
export function nextToken(sql: string, position: number): Token | null {
  const start = skipBlank(sql, position);
  const first = sql[start];
  if (first === undefined) return null;
  const token = (kind: TokenKind, end: number): Token => ({
    kind,
    text: sql.slice(start, end),
    start,
    end,
  });
  const closing = CLOSING_QUOTE[first];
  if (closing !== undefined) {
    const isName = first === "`" || first === '"' || first === "“";
    return token(isName ? "quoted" : "string", endOfQuote(sql, start + 1, closing));
  }
  if (first === "$") {
    const mark = match(HEREDOC, sql, start);
    const close = mark === null ? -1 : sql.indexOf(mark, start + mark.length);
    if (mark !== null && close >= 0) return token("string", close + mark.length);
  }
  const word = match(WORD, sql, start);
  return word === null ? token("symbol", start + 1) : token("word", start + word.length);
}

/** All tokens of a text. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let t = nextToken(sql, 0); t !== null; t = nextToken(sql, t.end)) tokens.push(t);
  return tokens;
}

/** True for a bare word (not a quoted name or string), in any case. */
export function isWord(token: Token | null | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toUpperCase() === word;
}

/** What a quoted name or a string stands for, with escapes resolved. */
export function unquote(token: Token): string {
  if (token.kind === "word" || token.kind === "symbol") return token.text;
  const quote = token.text[0] ?? "";
  if (quote === "$") {
    const mark = token.text.slice(0, token.text.indexOf("$", 1) + 1);
    return token.text.slice(mark.length, -mark.length);
  }
  const closing = CLOSING_QUOTE[quote] ?? quote;
  let value = "";
  for (let at = 1; at < token.text.length - 1; at++) {
    const c = token.text[at] ?? "";
    const after = token.text[at + 1] ?? "";
    if (c !== "\\" && c !== closing) value += c;
    else {
      value += c === "\\" ? (ESCAPES[after] ?? after) : c;
      at++;
    }
  }
  return value;
}

const ESCAPES: Record<string, string> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  0: "\0",
};

/** A string literal: only the backslash and the quote can end one, and both are escaped. */
export function stringLiteral(value: string): string {
  return `'${value.replace(/[\\']/g, "\\$&").replaceAll("\0", "\\0")}'`;
}

/** A quoted name that stands for exactly this name. */
export function quotedName(name: string): string {
  return `\`${name.replace(/[\\`]/g, "\\$&").replaceAll("\0", "\\0")}\``;
}

function skipBlank(sql: string, position: number): number {
  for (let at = position; ; ) {
    const before = at;
    at += match(SPACE, sql, at)?.length ?? 0;
    at += match(LINE_COMMENT, sql, at)?.length ?? 0;
    if (sql.startsWith("/*", at)) {
      const close = sql.indexOf("*/", at + 2);
      at = close < 0 ? sql.length : close + 2;
    }
    if (at === before) return at;
  }
}

function endOfQuote(sql: string, position: number, closing: string): number {
  for (let at = position; at < sql.length; at++) {
    const c = sql[at];
    if (c === "\\") at++;
    else if (c === closing) {
      if (sql[at + 1] !== closing) return at + 1;
      at++;
    }
  }
  return sql.length;
}

function match(pattern: RegExp, sql: string, position: number): string | null {
  pattern.lastIndex = position;
  return pattern.exec(sql)?.[0] ?? null;
}
