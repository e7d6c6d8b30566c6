import { type AdoptionSource, adoption } from "./adoption.ts";
import { errorStacks } from "./error-stacks.ts";
import { errorVersions } from "./error-versions.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { explore } from "./explore.ts";
import { funnels } from "./funnels.ts";
import { listedFunnels } from "./listed-funnels.ts";
import { pages } from "./pages.ts";
import { paths } from "./paths.ts";
import { properties } from "./properties.ts";
import { eventRetention } from "./retention.ts";
import { trend } from "./trend.ts";

/** Questions about the detailed layer, from installs that opted in. */
export const usageQuestions = (source: AdoptionSource) => [
  events,
  trend,
  explore,
  properties,
  adoption(source),
  funnels,
  listedFunnels(source),
  eventRetention,
  paths,
  errors,
  errorVersions,
  errorStacks,
  pages,
];
