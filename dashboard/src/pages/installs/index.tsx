import { LifecycleChart } from "../footprint/lifecycle-chart.tsx";
import { AgeChart } from "./age-chart.tsx";
import { RollingChart } from "./rolling-chart.tsx";
import { SurvivalChart } from "./survival-chart.tsx";

export default function Installs() {
  return (
    <div class="grid">
      <RollingChart />
      <LifecycleChart />
      <AgeChart />
      <SurvivalChart />
    </div>
  );
}
