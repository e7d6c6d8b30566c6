import { expect, it } from "vitest";
import { formatBytes } from "./bytes.ts";

it.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [10_188, "9.9 KiB"],
  [10_200, "10 KiB"],
  [1_610_612_736, "1.5 GiB"],
  [5 * 1024 ** 5, "5120 TiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
