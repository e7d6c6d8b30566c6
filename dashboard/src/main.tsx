import "./language.ts";
import { render } from "preact";
import { App } from "./app.tsx";
import { applyTheme } from "./shell/theme.ts";
import "uplot/dist/uPlot.min.css";
import "./style/tokens.css";
import "./style/base.css";
import "./style/controls.css";
import "./style/shell.css";
import "./style/card.css";
import "./style/chart.css";
import "./style/table.css";

applyTheme();
const root = document.getElementById("app");
if (root) render(<App />, root);
