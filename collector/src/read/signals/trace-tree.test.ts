import { expect, it } from "vitest";
import { placeSpans } from "./trace-tree.ts";

const span = (spanId: string, parentSpanId: string, start: number) => ({
  ...{ spanId, parentSpanId, start: BigInt(start) },
});
const shape = (spans: ReturnType<typeof span>[]) =>
  placeSpans(spans).map(
    ({ span: { spanId }, depth, orphan }) => `${depth}${spanId}${orphan ? "?" : ""}`,
  );

it("puts each span under its parent, siblings as they began", () => {
  const spans = [span("d", "b", 40), span("c", "a", 30), span("b", "a", 20), span("a", "", 10)];
  expect(shape(spans)).toEqual(["0a", "1b", "2d", "1c"]);
});

it("lets a span whose parent is missing stand first, and says so", () => {
  expect(shape([span("b", "gone", 20), span("c", "b", 30), span("a", "", 10)])).toEqual([
    ...["0a", "0b?", "1c"],
  ]);
});

it("shows spans that name each other or themselves once each", () => {
  expect(shape([span("a", "b", 10), span("b", "a", 20), span("c", "c", 30)])).toEqual([
    ...["0a?", "1b", "0c?"],
  ]);
});

it("shows a thousand generations", () => {
  const spans = Array.from({ length: 1000 }, (_, at) => span(`${at}`, at ? `${at - 1}` : "", at));
  expect(placeSpans(spans).at(-1)).toMatchObject({ depth: 999 });
});
