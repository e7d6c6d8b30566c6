import type { ConsentChange, Rollcall } from "../api.ts";
import { lockOf, MODES } from "./mode.ts";
import { problemPage, receiptPage, testPage } from "./results.tsx";
import { text } from "./text.ts";
import type { PageReply } from "./types.ts";

/** One POST of an administrator, checked. */
export interface Action {
  rollcall: Rollcall;
  form: URLSearchParams;
  /** The administrator's id. */
  who: string;
  path: string;
}

/** A key of `text.done`, which the page then shows, or a page of its own. */
type Outcome = string | PageReply;

/** What each form of the page does, by the last part of its address. */
export const actions: Readonly<Record<string, (action: Action) => Outcome | Promise<Outcome>>> = {
  toggle({ rollcall, form, who }) {
    if (form.get("detailed") === "off") return done(rollcall.optOut(who));
    if (form.get("detailed") !== "on") return "unknown_mode";
    return lockOf(rollcall.state()).detailed ? "locked" : done(rollcall.optIn(who));
  },

  mode({ rollcall, form, who }) {
    const mode = MODES.find((known) => known === form.get("mode"));
    if (mode === undefined) return "unknown_mode";
    const lock = lockOf(rollcall.state());
    // A choice that cannot take effect now must not take effect later, unseen. Off may always be said.
    if ((lock.all && mode !== "off") || (lock.detailed && mode === "on")) return "locked";
    return done(rollcall.setMode(mode, who));
  },

  accept({ rollcall, who }) {
    return done(rollcall.acceptCatalogue(who), "accepted");
  },

  async test({ rollcall, form, path }) {
    const { sinks, consent } = rollcall.state();
    // Off and Local only promise that no connection is made.
    if (!consent.base && !consent.detailed) return "test_off";
    const sink = sinks.find(({ name }) => name === form.get("sink"));
    if (sink !== undefined) return testPage(await rollcall.testSink(sink.name), path);
    return problemPage({ status: 404, title: text.test.title, says: text.test.unknown, path });
  },

  rotate({ rollcall, form, who }) {
    if (form.get("confirm") !== "yes") return "not_confirmed";
    return done(rollcall.rotateIdentity(who), "rotated");
  },

  async erase({ rollcall, form, who, path }) {
    if (form.get("confirm") !== "yes") return "not_confirmed";
    const erased = await rollcall.eraseMyData(who);
    if (erased.ok) return receiptPage(erased.receipts, path);
    const { failedTitle, failed } = text.erased;
    const detail = erased.problem;
    return problemPage({ status: 502, title: failedTitle, says: failed, detail, path });
  },
};

function done(change: ConsentChange, code = "mode"): string {
  return change.saved ? code : "not_saved";
}
