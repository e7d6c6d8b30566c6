import { expect, it } from "vitest";
import { toCsv, toJson } from "./csv.ts";

const about = { name: "platforms", header: [["App", "timetracker"]] as [string, string][] };

it("writes the filters before the columns and rows", () => {
  const table = { ...about, columns: ["platform", "installs"], rows: [["Linux", 12]] };
  expect(toCsv(table)).toBe("# App: timetracker\r\nplatform,installs\r\nLinux,12\r\n");
});

it("quotes commas, quotes, line ends and what would look like a comment", () => {
  const rows = [['a,"b"'], ["two\nlines"], ["#1"]];
  expect(toCsv({ ...about, header: [], columns: ["x"], rows })).toBe(
    'x\r\n"a,""b"""\r\n"two\nlines"\r\n"#1"\r\n',
  );
});

it("does not let a spreadsheet run a value that an install sent", () => {
  const csv = toCsv({ ...about, columns: ["version"], rows: [["=cmd|' /C calc'!A0"], ["-1+1"]] });
  expect(csv).toContain("'=cmd|");
  expect(csv).toContain("'-1+1");
});

it("nor one that a link has put into the filters", () => {
  const header: [string, string][] = [["Platform", '2.3.1,=cmd|A0, "@SUM(1);+1 and x-y']];
  const csv = toCsv({ ...about, header, columns: ["x"], rows: [["＝1+1"]] });
  expect(csv).toBe(`# Platform: 2.3.1,'=cmd|A0, "'@SUM(1);'+1 and x-y\r\nx\r\n'＝1+1\r\n`);
});

it("leaves negative numbers alone and missing values empty", () => {
  expect(toCsv({ ...about, header: [], columns: ["n", "m"], rows: [[-4, null]] })).toBe(
    "n,m\r\n-4,\r\n",
  );
});

it("writes the same table as JSON with named values", () => {
  const table = { ...about, columns: ["platform", "installs"], rows: [["Linux", 12]] };
  expect(JSON.parse(toJson(table))).toEqual({
    about: { App: "timetracker" },
    rows: [{ platform: "Linux", installs: 12 }],
  });
});
