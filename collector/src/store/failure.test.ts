import { describe, expect, test } from "vitest";
import { ClickHouseError, StoreUnreachable } from "./client.ts";
import { kindOfFailure, StoreRefused } from "./failure.ts";

function storeError(code: number, message = ""): Error {
  return new ClickHouseError({ code: String(code), message, type: "X" });
}

describe("a failed try", () => {
  test("is passing where the store or the disk has the problem", () => {
    expect(kindOfFailure(new StoreUnreachable("connection reset"))).toBe("passing");
    for (const code of [159, 202, 204, 241, 242, 243, 252]) {
      expect(kindOfFailure(storeError(code))).toBe("passing");
    }
    const full = Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write" });
    expect(kindOfFailure(full)).toBe("passing");
  });

  test("is unclear where nobody knows the store's reason", () => {
    expect(kindOfFailure(storeError(49))).toBe("unclear");
    expect(kindOfFailure(storeError(99_999))).toBe("unclear");
  });

  test("is refused where the batch has it", () => {
    expect(kindOfFailure(storeError(33))).toBe("refused");
    expect(kindOfFailure(new StoreRefused(33, "cannot read all data"))).toBe("refused");
    expect(kindOfFailure(storeError(252, "Too many partitions for a single INSERT block"))).toBe(
      "refused",
    );
  });
});
