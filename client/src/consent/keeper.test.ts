import { expect, test } from "vitest";
import { start } from "../test/start.ts";

test("a handler that rejects or throws costs a line in the log and nothing else", async () => {
  const failing = async () => {
    throw new TypeError("no database");
  };
  const first = start(undefined, { onConsentChange: failing as () => void });
  const second = start(undefined, {
    onConsentChange: () => {
      throw new RangeError("no setting");
    },
  });
  const kinds = ({ log }: typeof first) =>
    log.lines.filter(({ message }) => message.includes("handler")).map(({ fields }) => fields.kind);
  await expect.poll(() => kinds(first)).toEqual(["TypeError"]);
  await expect.poll(() => kinds(second)).toEqual(["RangeError"]);
  first.rollcall.setMode("local-only", "1");
  await expect.poll(() => kinds(first)).toHaveLength(2);
});
