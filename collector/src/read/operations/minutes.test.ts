import { expect, it } from "vitest";
import { createMinutes, type Totals } from "./minutes.ts";

const at = (time: string) => new Date(`2026-11-20T${time}Z`);

it("counts what came in each minute, and says null of minutes before its start", async () => {
  let totals: Totals = { accepted: 1000, refused: 10, dropped: 5 };
  const minutes = createMinutes(async () => totals);
  await minutes.look(at("12:00:01"));
  totals = { accepted: 1003, refused: 10, dropped: 6 };
  await minutes.look(at("12:00:06"));
  totals = { accepted: 1010, refused: 11, dropped: 6 };
  await minutes.look(at("12:01:01"));
  totals = { accepted: 1011, refused: 11, dropped: 6 };
  expect(await minutes.last(3, at("12:01:30"))).toEqual({
    starts: ["2026-11-20T11:59:00.000Z", "2026-11-20T12:00:00.000Z", "2026-11-20T12:01:00.000Z"],
    accepted: [null, 3, 8],
    refused: [null, 0, 1],
    dropped: [null, 1, 0],
  });
});

it("forgets what is older than an hour", async () => {
  let accepted = 0;
  const minutes = createMinutes(async () => ({ accepted, refused: 0, dropped: 0 }));
  await minutes.look(at("10:00:00"));
  accepted = 7;
  await minutes.look(at("10:00:30"));
  const { accepted: counted } = await minutes.last(61, at("11:00:00"));
  expect(counted).toEqual([...Array.from({ length: 60 }, () => null), 0]);
});
