import { expect, test } from "vitest";
import { detailedRecord, type OutgoingRecord } from "./encode.ts";
import { createQueue } from "./queue.ts";

function record(n: number, word = ""): OutgoingRecord {
  const properties = { n, word };
  return detailedRecord({ eventName: "a.b", installId: "", appVersion: "", properties });
}

const numbers = (batch: OutgoingRecord[]) => batch.map(({ attributes }) => attributes.n);

test("records come out in the order they went in", () => {
  const queue = createQueue({ records: 10_000, bytes: 1e9 });
  const taken: unknown[] = [];
  for (let i = 0; i < 5_000; i += 1) {
    queue.push(record(i));
    if (i % 3 === 0) taken.push(...numbers(queue.take(2, 1e9)));
  }
  while (queue.size().records > 0) taken.push(...numbers(queue.take(100, 1e9)));
  expect(taken).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  expect(queue.size()).toEqual({ records: 0, bytes: 0 });
});

test("beyond its count the oldest go and are counted", () => {
  const queue = createQueue({ records: 3, bytes: 1e9 });
  for (let i = 0; i < 10; i += 1) queue.push(record(i));
  expect(queue.dropped()).toBe(7);
  expect(numbers(queue.take(10, 1e9))).toEqual([7, 8, 9]);
});

test("beyond its bytes the oldest go, however few they are", () => {
  const queue = createQueue({ records: 1e9, bytes: 10_000 });
  for (let i = 0; i < 10; i += 1) queue.push(record(i, "x".repeat(3_000)));
  expect(queue.size().bytes).toBeLessThanOrEqual(10_000);
  expect(numbers(queue.take(10, 1e9))).toEqual([7, 8, 9]);
  queue.push(record(10, "x".repeat(20_000)));
  expect(queue.size()).toEqual({ records: 0, bytes: 0 });
  expect(queue.dropped()).toBe(8);
});

test("a batch is bounded by count and bytes, and holds at least one record", () => {
  const queue = createQueue({ records: 100, bytes: 1e9 });
  for (let i = 0; i < 10; i += 1) queue.push(record(i, "x".repeat(1_000)));
  expect(queue.take(4, 1e9)).toHaveLength(4);
  expect(queue.take(10, 2_500)).toHaveLength(2);
  expect(queue.take(10, 1)).toHaveLength(1);
});

test("a batch that comes back goes out first; what no longer fits is dropped, oldest first", () => {
  const queue = createQueue({ records: 4, bytes: 1e9 });
  for (let i = 0; i < 4; i += 1) queue.push(record(i));
  const batch = queue.take(3, 1e9);
  queue.push(record(4));
  queue.push(record(5));
  queue.putBack(batch);
  expect(queue.dropped()).toBe(2);
  expect(numbers(queue.take(10, 1e9))).toEqual([2, 3, 4, 5]);
  expect(queue.size().bytes).toBe(0);
});

test("a look at the oldest takes nothing out", () => {
  const queue = createQueue({ records: 10, bytes: 1e9 });
  for (let i = 0; i < 5; i += 1) queue.push(record(i));
  queue.take(1, 1e9);
  expect(numbers(queue.peek(2))).toEqual([1, 2]);
  expect(queue.size().records).toBe(4);
});

test("purge forgets everything", () => {
  const queue = createQueue({ records: 10, bytes: 1e9 });
  for (let i = 0; i < 5; i += 1) queue.push(record(i));
  expect(queue.purge()).toBe(5);
  expect(queue.take(10, 1e9)).toEqual([]);
  expect(queue.size()).toEqual({ records: 0, bytes: 0 });
});
