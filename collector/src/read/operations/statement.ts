import { isWord, type Token, tokenize } from "../../engine/lexer.ts";
import { whyReaderMayNot } from "../../engine/statement.ts";

export type Checked = { ok: true; sql: string } | { ok: false; problem: string };

/**
 * Looks at the text of one reading statement before the store does, and says what is wrong with it
 * in words that are the same for the embedded engine and an external server. The reader's own walls
 * (its read-only connection, its limits) stand behind this one.
 *
 * @returns the statement without what follows its last token, or what is wrong with it
 * @example checkStatement("SELECT 1; -- one") // { ok: true, sql: "SELECT 1" }
 */
export function checkStatement(text: string): Checked {
  const refuse = (problem: string): Checked => ({ ok: false, problem });
  const tokens = tokenize(text);
  while (tokens.at(-1)?.text === ";") tokens.pop();
  const last = tokens.at(-1);
  if (last === undefined) return refuse("there is nothing to run");
  if (tokens.some((token) => token.text === ";")) return refuse("only one statement is allowed");
  const sql = spelledOut(text.slice(0, last.end), tokens);
  const why = whyReaderMayNot(sql);
  if (why !== null) return refuse(why);
  if (tokens.some((token, at) => isSettingsClause(token, tokens, at))) {
    return refuse("a SETTINGS clause is not allowed: this endpoint has settings of its own");
  }
  if (isWord(tokens.at(-2), "FORMAT") && last.kind !== "symbol" && !isDotted(tokens, -2)) {
    return refuse("a FORMAT clause is not allowed: the rows come as JSON anyway");
  }
  return { ok: true, sql };
}

/** The engine's check knows statements as ClickHouse writes them, where DESC is DESCRIBE. */
function spelledOut(sql: string, [first]: Token[]): string {
  if (!isWord(first, "DESC") || first === undefined) return sql;
  return `${sql.slice(0, first.start)}DESCRIBE${sql.slice(first.end)}`;
}

/** `SETTINGS name = …`, as against the name of a column, a table or an alias. */
function isSettingsClause(token: Token, tokens: Token[], at: number): boolean {
  const name = tokens[at + 1]?.kind;
  return (
    isWord(token, "SETTINGS") &&
    (name === "word" || name === "quoted") &&
    tokens[at + 2]?.text === "=" &&
    !isDotted(tokens, at)
  );
}

const isDotted = (tokens: Token[], at: number) => tokens.at(at - 1)?.text === ".";
