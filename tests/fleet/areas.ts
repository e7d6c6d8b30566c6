/** Parts of the app, each with the share of installs that use it among those that use what it needs. */
export const AREAS = {
  core: { share: 1, needs: null },
  project: { share: 1, needs: "core" },
  timer: { share: 1, needs: "project" },
  task: { share: 0.62, needs: "project" },
  client: { share: 0.6, needs: "project" },
  invoice: { share: 0.47, needs: "timer" },
  invoice_sent: { share: 0.82, needs: "invoice" },
  invoice_paid: { share: 0.74, needs: "invoice_sent" },
  report: { share: 0.66, needs: "timer" },
  export: { share: 0.6, needs: "report" },
  quote: { share: 0.16, needs: "client" },
  expense: { share: 0.22, needs: "project" },
  mileage: { share: 0.28, needs: "expense" },
  per_diem: { share: 0.2, needs: "expense" },
  comment: { share: 0.3, needs: "task" },
  attachment: { share: 0.18, needs: "client" },
  template: { share: 0.24, needs: "timer" },
  filter: { share: 0.2, needs: "report" },
  goal: { share: 0.17, needs: "timer" },
  admin: { share: 0.85, needs: "core" },
  support: { share: 0.5, needs: "core" },
} as const satisfies Record<string, { share: number; needs: string | null }>;

export type Area = keyof typeof AREAS;

const NAMES = Object.keys(AREAS) as Area[];

/** Its bit in an install's set of areas. */
export const areaBit = (area: Area): number => NAMES.indexOf(area);

export function areaMask(areas: Iterable<Area>): number {
  let mask = 0;
  for (const area of areas) mask |= 1 << areaBit(area);
  return mask;
}
