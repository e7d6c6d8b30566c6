import "../language.ts";
import { render } from "preact";
import { ReportPage } from "./report.tsx";
import { useReport } from "./use-report.ts";
import "../style/tokens.css";
import "../style/base.css";
import "../style/controls.css";
import "../style/shell.css";
import "../style/card.css";
import "../style/table.css";

/** `/public/<app>` and `/share/<token>`: the same numbers are at the same address with .json. */
function OpenReport() {
  const loaded = useReport(`${location.pathname.replace(/\/$/, "")}.json`);
  return <ReportPage loaded={loaded} />;
}

const root = document.getElementById("app");
if (root && location.pathname !== "/") render(<OpenReport />, root);
else if (root) {
  // What only viewers need does not come with public pages.
  const { ViewerReport } = await import("./viewer.tsx");
  render(<ViewerReport />, root);
}
