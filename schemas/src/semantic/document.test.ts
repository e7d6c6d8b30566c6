import { expect, it } from "vitest";
import { SEMANTIC_ATTRIBUTES, SIGNAL } from "./table.ts";

const HEAD = `# Attributes of spans, metrics and logs

Generated from \`schemas/src/semantic/table.ts\`; a test holds it to the code (\`npx vitest run schemas/src/semantic -u\` writes it anew).

What is not listed here is dropped before anything leaves: \`client.address\`, \`user.*\`, \`url.full\`, \`server.address\`, \`host.name\`, \`db.query.text\`, \`exception.message\` and all others, unless the app's catalogue lists them: under \`attributes\` an attribute of one of the catalogue's types, under \`exceptions.messages\` the texts that messages may be. A value that is not what the last column allows is dropped too. Attributes with an older name are kept under the current one.

`;

it("docs/semantic-attributes.md lists the table", async () => {
  const rows = SEMANTIC_ATTRIBUTES.map(({ key, on, rule, formerly }) => {
    const signals = Object.entries(SIGNAL).filter(([, bit]) => (on & bit) !== 0);
    const where = signals.map(([name]) => name.replace("_", " ")).join(", ");
    const old =
      formerly === ""
        ? ""
        : formerly
            .split(" ")
            .map((name) => `\`${name}\``)
            .join(", ");
    return `| \`${key}\` | ${where} | ${old} | ${rule.words} |\n`;
  });
  const table = "| attribute | on | formerly | what may stand in it |\n|---|---|---|---|\n";
  await expect(HEAD + table + rows.join("")).toMatchFileSnapshot(
    "../../../docs/semantic-attributes.md",
  );
});
