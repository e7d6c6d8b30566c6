import { z } from "zod";
import { common } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import { countSharing } from "./events.ts";
import { sharingDetailed, USERS_EXACT_TO, usersExactTo } from "./shared.ts";
import { slices } from "./slices.ts";

/** The client's name of a page view, and where it puts the route's template. */
const PAGE_VIEW = "$pageview";
const ROUTE = "pathname";
const MOST_ROWS = 200;

const amounts = { count, installs: count, users: count };

const reply = z
  .object({
    rows: z.array(
      z.object({
        route: z.string().nullable().meta({
          description: "The template of the route; null for views that name none.",
        }),
        ...amounts,
      }),
    ),
    other: z
      .object({ routes: count, ...amounts })
      .nullable()
      .meta({
        description: `Routes beyond the first ${MOST_ROWS}, together; null where there are none.`,
      }),
    total: z.object(amounts),
    sharingDetailed,
    usersExactTo,
    asOf,
  })
  .meta({
    id: "PageViews",
    description: "Page views of the range by route, most viewed first.",
    example: {
      rows: [{ route: "/projects/:id", count: 4811, installs: 402, users: 911 }],
      other: null,
      total: { count: 4811, installs: 402, users: 911 },
      sharingDetailed: 457,
      usersExactTo: 65536,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const pages = question({
  name: "pages",
  path: "/v1/pages",
  tag: "Events",
  summary: "Page views by route",
  description: `Records of \`${PAGE_VIEW}\` by their \`${ROUTE}\`: a template from the catalogue, never an address.`,
  parameters: z.object(common),
  reply,
  async answer(parameters, context) {
    const [{ rows, total, folded }, sharing] = await Promise.all([
      slices(
        {
          events: [PAGE_VIEW],
          conditions: [],
          by: { property: ROUTE },
          measure: "count",
          top: MOST_ROWS,
          interval: null,
        },
        parameters,
        context,
      ),
      countSharing(parameters, context),
    ]);
    const other = rows.find(({ kind }) => kind === "other");
    return {
      rows: rows
        .filter(({ kind }) => kind !== "other")
        .map((row) => ({ route: row.kind === "none" ? null : row.value, ...amountsOf(row) })),
      other: other === undefined ? null : { routes: folded, ...amountsOf(other) },
      total: amountsOf(total),
      sharingDetailed: sharing,
      usersExactTo: USERS_EXACT_TO,
      asOf: context.asOf,
    };
  },
});

const amountsOf = ({
  count,
  installs,
  users,
}: {
  count: number;
  installs: number;
  users: number;
}) => ({ count, installs, users });
