import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MOST_STATEMENT_BYTES } from "./body.ts";
import { type SqlServer, startSql } from "./server.fixture.ts";

const DOCS = new URL("../../../docs/", import.meta.url);
/** Closed to SQL. */
const HIDDEN = ["settings_log", "token_uses", "store_secrets"];

let sql: SqlServer;
beforeAll(async () => {
  sql = await startSql();
});
afterAll(async () => {
  await sql?.close();
});

type Columns = { table: string; name: string; type: string }[];

const sections = (columns: Columns): string =>
  [...Map.groupBy(columns, ({ table }) => table)]
    .map(([table, of]) => {
      const rows = of.map(({ name, type }) => `| \`${name}\` | \`${type}\` |`);
      return [`### ${table}`, "", "| column | type |", "|---|---|", ...rows].join("\n");
    })
    .join("\n\n");

// `npx vitest run collector/src/sql/docs.test.ts -u` writes it anew.
it("docs/sql-tables.md lists every table and column there is", async () => {
  const everything = await sql.opened.store.query<Columns[number]>(
    `SELECT table, name, type FROM system.columns
     WHERE database = currentDatabase() AND table NOT IN {hidden:Array(String)}
     ORDER BY table, position`,
    { hidden: HIDDEN },
  );
  const token = await sql.token(["restricted"], []);
  const names = (await sql.ask("SHOW TABLES", { token })).text.trim().split("\n");
  const published: Columns = [];
  for (const table of names) {
    const { text } = await sql.ask(`DESCRIBE TABLE ${table} FORMAT JSONEachRow`, { token });
    for (const line of text.trim().split("\n")) published.push({ table, ...JSON.parse(line) });
  }
  const text = `# Tables to be read by SQL

Made by a test from the tables as they are. What a row of each is, and how to connect: [SQL](sql.md).

## With everything

${sections(everything)}

## For restricted readers

${sections(published)}
`;
  await expect(text).toMatchFileSnapshot(new URL("sql-tables.md", DOCS).pathname);
});

it("docs/sql.md names the limits that hold", async () => {
  const text = readFileSync(new URL("sql.md", DOCS), "utf8");
  const search = "max_execution_time=1000";
  const limit = async (name: string) =>
    Number((await sql.ask(`SELECT getSetting('${name}')`, { search })).text);
  expect(text).toContain(`${await limit("max_execution_time")} seconds`);
  expect(text).toContain(`${(await limit("max_result_rows")).toLocaleString("en")} rows`);
  expect(text).toContain(`${(await limit("max_result_bytes")) / 1024 / 1024} MiB of result`);
  expect(text).toContain(`${MOST_STATEMENT_BYTES / 1024} KiB`);
});
