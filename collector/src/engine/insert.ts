import { isWord, nextToken, quotedName, stringLiteral, type Token, unquote } from "./lexer.ts";

/** An INSERT whose rows come as data in some format, after the statement or in the body. */
export interface DataInsert {
  format: string;
  /** Data written in the statement's own text, after `FORMAT <name>`. */
  inlineData: string;
  /** Where the rows go: `INSERT INTO t FORMAT …` */
  target: string;
  /** Columns that the statement lists, or null. */
  columns: string[] | null;
  /** The `SETTINGS …` clause of the statement, or "". */
  settings: string;
  /** For `INSERT … SELECT … FROM input('structure') …`: the text around the call. */
  input: { before: string; structure: string; after: string } | null;
}

export interface Column {
  name: string;
  type: string;
}

/** Takes an INSERT apart; null where it is no INSERT with data (`INSERT … SELECT`, `… VALUES`). */
export function parseDataInsert(sql: string): DataInsert | null {
  let at = 0;
  const next = (): Token | null => {
    const token = nextToken(sql, at);
    if (token !== null) at = token.end;
    return token;
  };
  if (!isWord(next(), "INSERT")) return null;
  let token = next();
  if (isWord(token, "INTO")) token = next();
  if (isWord(token, "TABLE")) token = next();
  if (token === null || isWord(token, "FUNCTION")) return null;
  const targetStart = token.start;
  let targetEnd = token.end;
  for (token = next(); token?.text === "."; token = next()) targetEnd = next()?.end ?? at;

  let columns: string[] | null = null;
  if (token?.text === "(") {
    columns = [];
    for (token = next(); token !== null && token.text !== ")"; token = next()) {
      if (token.text !== ",") columns.push(unquote(token));
    }
    token = next();
  }
  let settingsStart = -1;
  let settings = "";
  let input: { start: number; end: number; structure: string } | null = null;
  for (let depth = 0; token !== null; token = next()) {
    if (token.text === "(") depth++;
    else if (token.text === ")") depth--;
    else if (isWord(token, "SETTINGS") && settingsStart < 0 && input === null) {
      settingsStart = token.start;
    } else if (isWord(token, "VALUES") && depth === 0) return null;
    else if (isWord(token, "INPUT")) {
      const [open, structure, close] = [next(), next(), next()];
      if (open?.text !== "(" || structure?.kind !== "string" || close?.text !== ")") return null;
      input = { start: token.start, end: close.end, structure: unquote(structure) };
    } else if (isWord(token, "FORMAT") && depth === 0) {
      const format = nextToken(sql, token.end);
      if (format?.kind !== "word") continue;
      if (settingsStart >= 0) settings = sql.slice(settingsStart, token.start).trim();
      return {
        format: format.text,
        inlineData: sql.slice(format.end).replace(/^[ \t\r]*;?[ \t\r]*\n?/, ""),
        target: sql.slice(targetStart, targetEnd),
        columns,
        settings,
        input: input && {
          before: sql.slice(0, input.start),
          structure: input.structure,
          after: sql.slice(input.end, token.start),
        },
      };
    }
  }
  return null;
}

/**
 * The statement that inserts the rows of a file. Its text holds the file's name and nothing of
 * its content.
 * @param columns names and types of the columns to read; for an `input()` statement its own
 *   structure is used.
 */
export function insertFromFile(insert: DataInsert, path: string, columns: Column[]): string {
  const source = (structure: string): string =>
    `file(${stringLiteral(path)}, ${stringLiteral(insert.format)}, ${stringLiteral(structure)})`;
  if (insert.input !== null) {
    const { before, structure, after } = insert.input;
    return `${before}${source(structure)}${after}`;
  }
  const names = columns.map((c) => quotedName(c.name)).join(", ");
  const structure = columns.map((c) => `${quotedName(c.name)} ${c.type}`).join(", ");
  return `INSERT INTO ${insert.target} (${names}) ${insert.settings} SELECT ${names} FROM ${source(structure)}`;
}
