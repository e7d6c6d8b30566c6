import { describe, expect, it } from "vitest";
import {
  createFailureLimit,
  createPasswordLimit,
  createSessions,
  type PasswordLimit,
} from "./session.ts";

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

describe("createPasswordLimit", () => {
  /** How many tries are let through. */
  const tries = (limit: PasswordLimit, count: number, name: (at: number) => string, when = at(0)) =>
    Array.from({ length: count }, (_, at) => limit.attempt(name(at), when)).filter(Boolean).length;

  it("allows ten wrong tries of a name, and others theirs", () => {
    const limit = createPasswordLimit();
    expect(tries(limit, 5000, () => "maria")).toBe(10);
    expect(tries(limit, 20, () => "victor")).toBe(10);
    expect(tries(limit, 20, () => "maria", at(50))).toBe(10);
  });

  it("bounds all names together, five a second after the first 300", () => {
    const limit = createPasswordLimit();
    expect(tries(limit, 1000, (nth) => `name ${nth}`)).toBe(300);
    expect(tries(limit, 1000, (nth) => `other ${nth}`, at(10))).toBe(50);
  });

  it("counts nothing for who was right", () => {
    const limit = createPasswordLimit();
    for (let nth = 0; nth < 1000; nth++) limit.attempt("maria", at(0))?.();
    expect(tries(limit, 20, () => "maria")).toBe(10);
  });

  it("remembers a bounded number of names, the ones tried last", () => {
    const limit = createPasswordLimit(3);
    tries(limit, 10, () => "maria");
    for (const name of ["a", "b", "maria", "c", "maria"]) limit.attempt(name, at(0));
    expect(limit.attempt("maria", at(0))).toBeNull();
    for (const name of ["a", "b", "c"]) limit.attempt(name, at(0));
    expect(limit.attempt("maria", at(0))).not.toBeNull();
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
