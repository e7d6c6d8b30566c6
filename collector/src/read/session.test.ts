import { describe, expect, it } from "vitest";
import { createFailureLimit, createSessions } from "./session.ts";

const at = (seconds: number) => new Date(1_790_000_000_000 + seconds * 1000);

describe("createFailureLimit", () => {
  it("allows as many failures as its burst, then one each time the interval has gone by", () => {
    const limit = createFailureLimit(3, 5);
    for (let failure = 0; failure < 3; failure++) {
      expect(limit.allows(at(0))).toBe(true);
      limit.fail(at(0));
    }
    expect(limit.allows(at(0))).toBe(false);
    expect(limit.allows(at(4.9))).toBe(false);
    expect(limit.allows(at(5))).toBe(true);
    limit.fail(at(5));
    expect(limit.allows(at(5))).toBe(false);
  });

  it("does not save up more than its burst", () => {
    const limit = createFailureLimit(2, 5);
    limit.fail(at(0));
    limit.fail(at(100_000));
    limit.fail(at(100_000));
    expect(limit.allows(at(100_000))).toBe(false);
  });

  it("takes a failure back that turned out to be none", () => {
    const limit = createFailureLimit(1, 5);
    limit.fail(at(0));
    expect(limit.allows(at(0))).toBe(false);
    limit.forgive();
    expect(limit.allows(at(0))).toBe(true);
    limit.forgive();
    limit.fail(at(0));
    expect(limit.allows(at(0))).toBe(false);
  });

  it("is not fooled by a clock that goes back", () => {
    const limit = createFailureLimit(1, 5);
    limit.fail(at(100));
    expect(limit.allows(at(50))).toBe(false);
    expect(limit.allows(at(55))).toBe(true);
  });
});

describe("the sessions of users", () => {
  const sessions = createSessions(Buffer.alloc(32, 7), "admin-token");
  const owner = { user: "zoë@example", epoch: 1_790_000_000_000 };

  it("carry the user and the epoch", () => {
    const { value } = sessions.issue(owner, at(0));
    expect(sessions.check(value, at(1))?.owner).toEqual(owner);
  });

  it("cannot be turned into another user's, another epoch's or the administrator's", () => {
    const { value } = sessions.issue(owner, at(0));
    const [expiry, user, epoch, signature] = value.split(".");
    const other = Buffer.from("maria").toString("base64url");
    for (const forged of [
      `${expiry}.${signature}`,
      `${expiry}.${other}.${epoch}.${signature}`,
      `${expiry}.${user}.${Number(epoch) + 1}.${signature}`,
      `${Number(expiry) + 1}.${user}.${epoch}.${signature}`,
      `${expiry}.${user}.${signature}`,
    ]) {
      expect(sessions.check(forged, at(1)), forged).toBeNull();
    }
  });
});
