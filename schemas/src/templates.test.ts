import { describe, expect, it } from "vitest";
import { compileTemplates, templateProblem } from "./templates.ts";

describe("a template", () => {
  it.each([
    "Timer started",
    "Export {export_id} took {seconds} s",
    "HTTP {status_code} from the queue",
    "{count} rows: done (100%)",
    "Échec de l'export {export_id}",
  ])("may be %j", (text) => {
    expect(templateProblem(text)).toBeNull();
  });

  it.each([
    ["two lines", "Timer\nstarted", "one line"],
    ["a long text", "word ".repeat(50).trim(), "200 characters"],
    ["nothing", "", "one line"],
    ["spaces at the end", "Timer started ", "one line"],
    ["only a placeholder", "{project_id}", "words"],
    ["a brace that stands alone", "Timer { started", "words"],
    ["a placeholder of a person", "Mail to {email}", "the name of a number"],
    ["a placeholder that is no name", "Took {Some Words} s", "the name of a number"],
    ["two placeholders with nothing between them", "Row {a}{b}", "after a placeholder"],
    ["a digit after a placeholder", "Row {row_count}0", "after a placeholder"],
    ["too many placeholders", `Row${" {a}".repeat(9)}`, "8 placeholders"],
    ["an address", "Mail for ann@example.org", "rule email"],
    ["a mail host", "Mail for {user_count}@example.org", "rule email"],
    ["a host", "Sent to https://example.org/{export_id}", "rule url"],
    ["a directory", "Read /home/ann/file", "rule path"],
  ])("is not %s", (_, text, problem) => {
    expect(templateProblem(text)).toContain(problem);
  });
});

describe("a text", () => {
  const match = compileTemplates([
    "Timer started",
    "Export {export_id} took {seconds} s",
    "{row_count} rows",
    "Balance {amount}",
    "a+b (c) [d] {row_count}",
  ]);

  it.each([
    ["Timer started", "Timer started"],
    ["Export 42 took 1.5 s", "Export {export_id} took {seconds} s"],
    [
      "Export 0b9c7a1e-1111-4222-8333-abcdefabcdef took -3 s",
      "Export {export_id} took {seconds} s",
    ],
    ["Export {export_id} took {seconds} s", "Export {export_id} took {seconds} s"],
    ["17 rows", "{row_count} rows"],
    ["a+b (c) [d] 7", "a+b (c) [d] {row_count}"],
  ])("%j is kept as %j", (text, template) => {
    expect(match(text)).toBe(template);
  });

  it.each([
    "",
    "Timer started by Ann",
    "timer started",
    "Export Ann took 1.5 s",
    "Export 42 took 1.5 seconds",
    "Export 42 took 1.5 s\nann@example.org",
    "17 rows ",
    "Balance 10.0.0.1",
    "Balance 1e9",
    "aab (c) [d] 7",
    `Balance ${"9".repeat(21)}`,
    "Export 4".repeat(2000),
  ])("%j is no template's", (text) => {
    expect(match(text)).toBe("");
  });

  it("is described by nothing where nothing is listed", () => {
    expect(compileTemplates([])("Timer started")).toBe("");
  });

  it("never gives anything but a listed template, whatever is asked", () => {
    const words = [
      "Export ",
      "42",
      " took ",
      "1.5",
      " s",
      "Ann",
      "{seconds}",
      "Timer started",
      "\n",
    ];
    const listed = new Set(["", "Timer started", "Export {export_id} took {seconds} s"]);
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    let matched = 0;
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 1 + next(6) }, () => words[next(words.length)]).join("");
      const kept = match(text);
      expect(listed.has(kept), text).toBe(true);
      if (kept !== "") matched++;
    }
    expect(matched).toBeGreaterThan(100);
  });
});
