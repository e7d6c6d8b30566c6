import type { InstallVersions } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import type { Funnels as Answer, Events, ListedFunnels } from "../../api/usage.ts";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { funnelsText } from "../../text/funnels.ts";
import { NobodyShares } from "../usage/nobody-shares.tsx";
import { Builder } from "./builder.tsx";
import { funnelParams, readSteps } from "./funnel.ts";
import { FunnelCard } from "./funnel-card.tsx";

const WINDOWS = Object.keys(
  funnelsText.window.minutes,
) as (keyof typeof funnelsText.window.minutes)[];

export default function Funnels() {
  const { params } = useScope();
  const [written] = useChoice("steps", "");
  const [within] = useChoice("window", "10080");
  const [who] = useChoice("join", "user");
  const [compared] = useChoice("versions", "");
  const events = useQuestion<Events>("events", params);
  const versions = useQuestion<InstallVersions>("installs/versions", params);
  const listed = useQuestion<ListedFunnels>("funnels/listed", { app: params.app ?? "" });
  const steps = readSteps(written, events.data, listed.data);
  const window = WINDOWS.find((each) => each === within) ?? "10080";
  const join = who === "install" ? "install" : "user";
  const compare = compared.split(",").filter(Boolean).slice(0, 2);
  const query = useQuestion<Answer>(
    "funnels",
    funnelParams(params, { steps, window, join, compare }),
  );
  if (events.data && !events.outdated && events.data.rows.length === 0) return <NobodyShares />;
  return (
    <div class="grid">
      <Builder
        events={events}
        listed={listed.data}
        versions={(versions.data?.rows ?? []).map((row) => row.version)}
        asked={{ steps, window, join, compare }}
      />
      <FunnelCard query={query} steps={steps} window={window} />
    </div>
  );
}
