import { describe, expect, it } from "vitest";
import { stringLiteral, tokenize, unquote } from "./lexer.ts";

const texts = (sql: string): string[] => tokenize(sql).map((t) => t.text);

describe("the SQL lexer", () => {
  it("keeps quotes, comments and heredocs whole", () => {
    expect(texts("SELECT 'a;\\'b''c' -- x; y\n, `d;\\`e` /* ; */, \"f\"\"g\"")).toEqual([
      ...["SELECT", "'a;\\'b''c'", ",", "`d;\\`e`", ",", '"f""g"'],
    ]);
    expect(texts("SELECT $$a;'b$$, $x$ $$;' $x$ # c;\n;")).toEqual([
      ...["SELECT", "$$a;'b$$", ",", "$x$ $$;' $x$", ";"],
    ]);
    expect(texts("‘a;’ “b;”")).toEqual(["‘a;’", "“b;”"]);
  });

  it("runs an unclosed quote or comment to the end, so that nothing hides behind it", () => {
    expect(texts("a 'b; c")).toEqual(["a", "'b; c"]);
    expect(texts("a /* b; c")).toEqual(["a"]);
  });

  it("reads back what it quotes", () => {
    for (const value of ["", "'", "\\", "\\'", "a\n\nDROP TABLE t", "''", "\\\\''", "\0x", "é😀"]) {
      const [token, ...rest] = tokenize(stringLiteral(value));
      expect(rest).toEqual([]);
      expect(token && unquote(token)).toBe(value);
    }
    expect(tokenize("'it''s' \"a\"\"b\" $q$x'y$q$").map(unquote)).toEqual(["it's", 'a"b', "x'y"]);
    expect(tokenize("'\\'''x'").map(unquote)).toEqual(["''x"]);
  });
});
