import type { FastifyInstance } from "fastify";
import type { Settings } from "../../settings/types.ts";
import { type AnswersDeps, registerAnswers } from "./answers.ts";
import { registerPublicPage } from "./public-page.ts";
import { registerShareLinks } from "./share-links.ts";

/** Everything of the API for restricted readers, and what the maintainer opens for others. */
export function registerPublished(
  app: FastifyInstance,
  deps: AnswersDeps & { settings: Settings },
): void {
  registerAnswers(app, deps);
  registerShareLinks(app, deps);
  registerPublicPage(app, deps);
}
