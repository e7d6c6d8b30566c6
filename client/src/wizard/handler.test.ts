import { expect, test } from "vitest";
import { ask, tokenIn } from "../test/pages.ts";
import { serve, start } from "../test/start.ts";
import { goodAnswers, wizardOptions } from "../test/wizard-options.ts";
import { createWizardHandler } from "./handler.ts";
import type { WizardOptions } from "./types.ts";

/** The wizard over a client as an app would make it. */
async function open(wizard: Partial<WizardOptions> = {}, client: Parameters<typeof start>[1] = {}) {
  const server = await serve();
  const started = start(server.endpoint, client);
  const options = wizardOptions(wizard);
  const handler = createWizardHandler(started.rollcall, options);
  const get = () => ask(handler, "GET", "/setup");
  return {
    ...started,
    options,
    handler,
    get,
    async post(answers: Record<string, string>, { finish = true, cookie = "" } = {}) {
      const page = await get();
      const own = page.headers["set-cookie"]?.split(";")[0] ?? "";
      const headers = { host: "app.test", "sec-fetch-site": "same-origin", cookie: cookie || own };
      const form = { csrf: tokenIn(page), ...(finish ? { finish: "yes" } : {}), ...answers };
      return ask(handler, "POST", "/setup", { form, headers });
    },
  };
}

test("the steps of the app come in order, and the privacy step comes last, unticked", async () => {
  const { body, headers } = await (await open()).get();
  expect([...body.matchAll(/Step (\d) of 6/g)].map(([, step]) => step)).toEqual([..."123456"]);
  expect(body.indexOf("step-integrations")).toBeLessThan(body.indexOf('id="step-privacy"'));
  expect(/<input[^>]*telemetry_detailed[^>]*>/.exec(body)?.[0]).not.toContain("checked");
  expect(body).toContain('href="/privacy"');
  expect(body).toContain('href="/licence"');
  expect(headers["set-cookie"]).toMatch(
    /^rollcall_setup=[\w-]{22}; Path=\/setup; HttpOnly; SameSite=Strict$/,
  );
});

test("the privacy step shows the report as it would leave, that base is on, and how to stop it", async () => {
  const { get, rollcall } = await open();
  const { body } = await get();
  expect(body).toContain(rollcall.state().identity?.installId);
  for (const said of ["DO_NOT_TRACK=1", "ROLLCALL=off", "/admin/telemetry", "Daily base report"]) {
    expect(body).toContain(said);
  }
});

test("one POST keeps the answers, completes setup and leaves detailed off", async () => {
  const { post, options, rollcall } = await open();
  const reply = await post(goodAnswers);
  expect(reply).toMatchObject({ status: 303, headers: { location: "/" } });
  expect(options.kept).toEqual([expect.objectContaining({ ...goodAnswers, self_register: false })]);
  expect(rollcall.state().setup.complete).toBe(true);
  expect(rollcall.consent()).toMatchObject({ base: true, detailed: false });
});

test("with the box ticked detailed is on", async () => {
  const { post, rollcall } = await open();
  await post({ ...goodAnswers, telemetry_detailed: "yes" });
  expect(rollcall.consent()).toMatchObject({ detailed: true, choice: "on" });
});

test("a wrong answer opens its step, says why, and every other answer is still there", async () => {
  const { post, options, rollcall } = await open();
  const answers = { ...goodAnswers, company_email: "office", google_client_secret: "typed" };
  const { status, body } = await post({ ...answers, telemetry_detailed: "yes" });
  expect(status).toBe(422);
  expect(body).toMatch(/id="step-company" class="card step start"/);
  expect(body).toContain("This does not look like an e-mail address.");
  for (const kept of ["Bread &amp; Butter", "office", "typed", 'value="15"'])
    expect(body).toContain(kept);
  expect(body).toMatch(/telemetry_detailed" value="yes" checked/);
  expect(options.kept).toEqual([]);
  expect(rollcall.state().setup.complete).toBe(false);
});

test("what the app itself refuses is shown at its field, or above all for no field", async () => {
  const errors = { currency: "No such currency.", other: "The database is full." };
  const { post, rollcall } = await open({ onComplete: async () => ({ errors }) });
  const { status, body } = await post(goodAnswers);
  expect(status).toBe(422);
  expect(body).toMatch(/id="step-region" class="card step start"/);
  expect(body).toContain("No such currency.");
  expect(body).toContain("The database is full.");
  expect(rollcall.state().setup.complete).toBe(false);
});

test("an app that throws loses no answer, and the next try is free", async () => {
  let fails = true;
  const { post, rollcall, log } = await open({
    async onComplete() {
      if (fails) throw Object.assign(new Error("office@example.org"), { code: "SQLITE_BUSY" });
    },
  });
  const { status, body } = await post(goodAnswers);
  expect(status).toBe(500);
  expect(body).toContain("Bread &amp; Butter");
  expect(log.text()).toContain("SQLITE_BUSY");
  expect(log.text()).not.toContain("office@example.org");
  fails = false;
  expect((await post(goodAnswers)).status).toBe(303);
  expect(rollcall.state().setup.complete).toBe(true);
});

test("a form that the last step's button did not send completes nothing", async () => {
  const { post, options } = await open();
  expect((await post(goodAnswers, { finish: false })).status).toBe(422);
  expect(options.kept).toEqual([]);
});

test("a form without its cookie, or from another site, completes nothing", async () => {
  const { post, handler, options } = await open();
  const reply = await post(goodAnswers, { cookie: `rollcall_setup=${"A".repeat(22)}` });
  expect(reply.status).toBe(403);
  expect(reply.body).toContain("Bread &amp; Butter");
  const headers = { host: "app.test", "sec-fetch-site": "cross-site" };
  const foreign = await ask(handler, "POST", "/setup", { form: goodAnswers, headers });
  expect(foreign.status).toBe(403);
  expect(foreign.body).not.toContain("Bread");
  expect(options.kept).toEqual([]);
});

test("after setup the wizard is gone: a GET goes to the app, a POST is refused", async () => {
  const { post, get, handler, options } = await open({ doneUrl: "/dashboard" });
  expect((await post(goodAnswers)).headers.location).toBe("/dashboard");
  expect(await get()).toMatchObject({ status: 303, headers: { location: "/dashboard" } });
  const again = await ask(handler, "POST", "/setup", { form: { ...goodAnswers, finish: "yes" } });
  expect(again.status).toBe(409);
  expect(options.kept).toHaveLength(1);
});

test("of two forms sent at once the app gets one", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let calls = 0;
  const { post } = await open({
    async onComplete() {
      calls += 1;
      await held;
    },
  });
  const first = post(goodAnswers);
  const second = await post(goodAnswers);
  expect(second.status).toBe(409);
  release();
  expect((await first).status).toBe(303);
  expect(calls).toBe(1);
});

test.each([
  [
    { env: { DO_NOT_TRACK: "1" } },
    "No base report is sent: DO_NOT_TRACK is set.",
    "Locked: DO_NOT_TRACK",
  ],
  [{ env: { ENABLE_TELEMETRY: "false" } }, "How to stop it", "Locked: ENABLE_TELEMETRY"],
  [{ baseTelemetry: "off" }, "No base report is sent", "Also share detailed usage"],
  [{ baseTelemetry: "after-setup" }, "Starts when you finish", "How to stop it"],
  [
    { endpoint: undefined },
    "No base report is sent: nothing is configured",
    "Locked: no collector",
  ],
] as const)("with %j the privacy step says how it is", async (client, base, detailed) => {
  const { body } = await (await open({}, client)).get();
  expect(body).toContain(base);
  expect(body).toContain(detailed);
});

test("a locked box that is sent ticked all the same turns nothing on, now or later", async () => {
  const { post, rollcall } = await open({}, { env: { DO_NOT_TRACK: "1" } });
  await post({ ...goodAnswers, telemetry_detailed: "yes" });
  expect(rollcall.consent().choice).not.toBe("on");
});

test("with authorize only an administrator sees the wizard, and the choice is in that name", async () => {
  const stranger = await open({ authorize: () => null });
  expect((await stranger.get()).status).toBe(403);
  const admin = await open({ authorize: () => ({ id: "4" }) });
  await admin.post(goodAnswers);
  expect(admin.rollcall.state().history[0]?.who).toBe("4");
});

test.each([
  [{ onComplete: undefined }, "onComplete"],
  [{ links: undefined }, "privacyPolicy"],
  [{ steps: [{ id: "privacy", title: "P", fields: [] }] }, "privacy"],
  [{ steps: [{ id: "a b", title: "A", fields: [] }] }, "step a b"],
  [
    { steps: [{ id: "a", title: "A", fields: [{ name: "csrf", label: "C", type: "text" }] }] },
    "csrf",
  ],
  [
    { steps: [{ id: "a", title: "A", fields: [{ name: "s", label: "S", type: "select" }] }] },
    "options",
  ],
])("a wizard that cannot work stops the start: %j", (wrong, named) => {
  const { rollcall } = start(undefined);
  const options = wizardOptions(wrong as unknown as Partial<WizardOptions>);
  expect(() => createWizardHandler(rollcall, options)).toThrow(named);
});
