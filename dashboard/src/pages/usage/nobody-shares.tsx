import { Notice } from "../../shell/notice.tsx";
import { usageText } from "../../text/usage.ts";

/** Instead of a page about detailed usage when nobody sends any. */
export function NobodyShares() {
  return (
    <div data-testid="nobody-shares">
      <Notice title={usageText.noneTitle} lead={usageText.noneLead} />
    </div>
  );
}
