import type { IncomingMessage } from "node:http";
import { type EngineException, exception, unsupported } from "../engine/exception.ts";
import { isWord, nextToken } from "../engine/lexer.ts";
import { decompress } from "../engine/server.ts";

/** Under half of what the parser of ClickHouse takes, since it is sent on as hexadecimal digits. */
export const MOST_STATEMENT_BYTES = 100 * 1024;

export const TOO_LONG = exception(
  307,
  "TOO_MANY_BYTES",
  `The statement is longer than ${MOST_STATEMENT_BYTES / 1024} KiB`,
);

const NO_INSERT = exception(
  164,
  "READONLY",
  "Cannot execute query: there is nothing to insert into",
);

/** The text of the statement: `?query=`, then the body, as ClickHouse joins them. */
export async function statementOf(
  message: IncomingMessage,
  query: string | null,
): Promise<{ sql: string } | { refused: EngineException }> {
  // Before its rows are read.
  if (isWord(query === null ? null : nextToken(query, 0), "INSERT")) return { refused: NO_INSERT };
  if (/^multipart\//i.test(message.headers["content-type"] ?? "")) {
    return { refused: unsupported("multipart/form-data is not taken, send the statement alone") };
  }
  const body = decompress(message);
  if (body === null) {
    const encoding = message.headers["content-encoding"] ?? "";
    const shown = /^[a-z0-9-]{1,20}$/i.test(encoding) ? ` ${encoding}` : "";
    return {
      refused: unsupported(
        `Content-Encoding${shown}: gzip, deflate and zstd are taken, and nothing is inserted here`,
      ),
    };
  }
  const chunks: Buffer[] = [];
  let bytes = Buffer.byteLength(query ?? "");
  try {
    // Not destroyed where it is left early: the answer still goes out on its connection.
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes > MOST_STATEMENT_BYTES) break;
      chunks.push(chunk);
    }
  } catch {
    return { refused: exception(271, "CANNOT_DECOMPRESS", "The body cannot be read") };
  }
  if (bytes > MOST_STATEMENT_BYTES) return { refused: TOO_LONG };
  const text = Buffer.concat(chunks).toString();
  const sql = query === null ? text : text === "" ? query : `${query}\n${text}`;
  if (sql.trim() === "") return { refused: exception(62, "SYNTAX_ERROR", "Empty query") };
  return { sql };
}
