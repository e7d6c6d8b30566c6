import { expect, it } from "vitest";
import { layOut, textOf } from "./marks.ts";

const room = { left: 0, right: 400 };
/** Ten pixels a letter; a chip adds five on each side. */
const measure = (text: string) => 10 * text.length;

it("centres chips on their marks", () => {
  const [chip] = layOut([{ x: 200, label: "5.10" }], room, measure);
  expect(chip).toMatchObject({ left: 175, width: 50, hidden: 0 });
});

it("keeps chips at the edges inside", () => {
  const marks = [
    { x: 2, label: "5.8" },
    { x: 398, label: "5.9" },
  ];
  expect(layOut(marks, room, measure).map((chip) => chip.left)).toEqual([0, 360]);
});

it("counts the marks whose chips would touch the one before, which then takes more room", () => {
  const marks = [
    { x: 130, label: "c" },
    { x: 100, label: "a" },
    { x: 110, label: "b" },
    { x: 300, label: "d" },
  ];
  const chips = layOut(marks, room, measure);
  expect(chips.map(textOf)).toEqual(["a +2", "d"]);
  expect(chips[0]).toMatchObject({ left: 90, width: 50 });
});

it("never lets two chips overlap nor leaves the plot, and loses no mark", () => {
  for (let seed = 1; seed < 200; seed++) {
    const marks = Array.from({ length: seed % 23 }, (_, at) => ({
      x: (seed * 7919 * (at + 1) ** 2) % 400,
      label: "5.10.0".slice(0, 1 + ((seed + at) % 6)),
    }));
    const chips = layOut(marks, room, measure);
    const shown = chips.reduce((sum, chip) => sum + 1 + chip.hidden, 0);
    expect(shown).toBe(marks.length);
    for (const [at, chip] of chips.entries()) {
      const before = chips[at - 1];
      expect(chip.left).toBeGreaterThanOrEqual(before ? before.left + before.width : room.left);
      expect(chip.left + chip.width).toBeLessThanOrEqual(room.right);
    }
  }
});
