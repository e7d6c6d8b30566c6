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
if (root) render(<OpenReport />, root);
