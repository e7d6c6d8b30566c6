import { expect, it } from "vitest";
import { createGate } from "./gate.ts";

it("lets so many in, so many wait in order, and turns the rest away", async () => {
  const gate = createGate(2, 2);
  const first = await gate.enter();
  await gate.enter();
  const order: string[] = [];
  const third = gate.enter()?.then((leave) => {
    order.push("third");
    return leave;
  });
  const fourth = gate.enter()?.then(() => order.push("fourth"));
  expect(gate.enter()).toBeNull();
  expect(order).toEqual([]);
  first?.();
  first?.(); // a place given back twice is still one place
  const leave = await third;
  await Promise.resolve();
  expect(order).toEqual(["third"]);
  leave?.();
  await fourth;
  expect(order).toEqual(["third", "fourth"]);
});

it("forgets who gives up waiting", async () => {
  const gate = createGate(1, 1);
  const leave = await gate.enter();
  const given = new AbortController();
  const second = gate.enter(given.signal);
  expect(gate.enter()).toBeNull();
  given.abort(new Error("gone"));
  await expect(second).rejects.toThrow("gone");
  const third = gate.enter();
  expect(third).not.toBeNull();
  leave?.();
  (await third)?.();
  await expect(gate.enter(given.signal)).rejects.toThrow("gone");
  expect(await gate.enter()).toBeTypeOf("function");
});
