import { administratorOf } from "../admin/administrator.ts";
import { csrfHolds, csrfToken, sameOrigin } from "../admin/csrf.ts";
import { redirectReply } from "../admin/document.tsx";
import { lockOf } from "../admin/mode.ts";
import type { PageHandler, PageReply, PageRequest } from "../admin/types.ts";
import type { Rollcall } from "../api.ts";
import { internalsOf } from "../internals.ts";
import { type Answers, firstValues, readAnswers } from "./answers.ts";
import { checkOptions } from "./check-options.ts";
import type { WizardModel } from "./model.ts";
import { wizardReply } from "./page.tsx";
import { completedPage, forbiddenPage, foreignPage, methodPage } from "./refusals.tsx";
import { newSetupCookie, setCookie, setupCookie } from "./setup-cookie.ts";
import { text } from "./text.ts";
import type { WizardOptions } from "./types.ts";

export type { WizardOptions } from "./types.ts";

/** What a page of the wizard shows beyond what is the same on all of them. */
type Shown = Pick<WizardModel, "values" | "errors" | "problem" | "detailed"> & { status: number };

/**
 * The setup wizard, for any server. It shows the host app's steps and the client's privacy step,
 * hands the checked answers to `onComplete`, and then records the choice.
 *
 * @returns a handler that answers null for every path but the wizard's
 * @throws TypeError for steps that cannot work: see `checkOptions`
 *
 * @example
 * const setup = createWizardHandler(rollcall, { title: "Welcome", steps, links, onComplete });
 */
export function createWizardHandler(rollcall: Rollcall, options: WizardOptions): PageHandler {
  checkOptions(options);
  const internals = internalsOf(rollcall);
  const path = (options.path ?? "/setup").replace(/\/+$/, "");
  const doneUrl = options.doneUrl ?? "/";
  let finishing = false;

  return async (request) => {
    if (request.path !== path && request.path !== `${path}/`) return null;
    internals.refresh();
    const post = request.method === "POST";
    if (!post && request.method !== "GET" && request.method !== "HEAD") return methodPage();
    if (rollcall.state().setup.complete) {
      return post ? completedPage(doneUrl) : redirectReply(doneUrl);
    }
    const who = await whoAsks(request);
    if (who === null) return forbiddenPage();
    return post ? answered(request, who) : opened(request);
  };

  /** "" where the host does not ask; null for somebody who may not. */
  async function whoAsks({ raw }: PageRequest): Promise<string | null> {
    if (options.authorize === undefined) return "";
    return (await administratorOf(options.authorize, raw, internals.log))?.id ?? null;
  }

  async function opened(request: PageRequest): Promise<PageReply> {
    const values = firstValues(options.steps, await known());
    return show(request, { values, errors: {}, problem: "", detailed: false, status: 200 });
  }

  async function answered(request: PageRequest, who: string): Promise<PageReply> {
    if (!sameOrigin(request.headers)) return foreignPage();
    const { form, headers } = request;
    const { values, errors }: Answers = readAnswers(options.steps, form);
    const detailed = form.has("telemetry_detailed") && !lockOf(rollcall.state()).detailed;
    const again = (status: number, problem = "", wrong = errors) =>
      show(request, { values, errors: wrong, problem, detailed, status });

    const cookie = setupCookie(headers);
    const ours = cookie !== null && csrfHolds(request, internals.deriveKey("setup-csrf"), cookie);
    if (!ours) return again(403, text.errors.outdated, {});
    if (Object.keys(errors).length > 0) return again(422);
    // Only the last step's button finishes, whatever else may send a form.
    if (form.get("finish") !== "yes") return again(422, text.errors.unfinished);
    // Two tabs must not set the app up twice.
    if (finishing) return completedPage(doneUrl);
    finishing = true;
    try {
      const refused = (await options.onComplete(values))?.errors ?? {};
      if (Object.keys(refused).length > 0) return await again(422, othersOf(refused), refused);
    } catch (error) {
      logFailure(error, "the answers of the setup wizard could not be kept");
      return await again(500, text.errors.saving);
    } finally {
      finishing = false;
    }
    const change = rollcall.completeSetup(who === "" ? { detailed } : { detailed, who });
    return change.saved ? redirectReply(doneUrl) : again(500, text.errors.completing);
  }

  async function show(request: PageRequest, shown: Shown): Promise<PageReply> {
    const { status, ...answers } = shown;
    const cookie = setupCookie(request.headers) ?? newSetupCookie();
    const reply = wizardReply(
      {
        ...answers,
        options,
        path,
        state: rollcall.state(),
        report: (await rollcall.wouldSend()).report,
        csrf: csrfToken(internals.deriveKey("setup-csrf"), cookie),
      },
      status,
    );
    reply.headers["set-cookie"] = setCookie(cookie, path, request.headers);
    return reply;
  }

  async function known() {
    try {
      return (await options.values?.()) ?? {};
    } catch (error) {
      logFailure(error, "what the app knows could not be read for the setup wizard");
      return {};
    }
  }

  /** Errors that belong to no field of the form still have to be read by somebody. */
  function othersOf(errors: Record<string, string>): string {
    const names = new Set(options.steps.flatMap(({ fields }) => fields.map(({ name }) => name)));
    return Object.entries(errors)
      .filter(([name]) => !names.has(name))
      .map(([, says]) => says)
      .join(" ");
  }

  function logFailure(error: unknown, message: string): void {
    internals.log.error({ code: (error as { code?: unknown })?.code ?? "thrown" }, message);
  }
}
