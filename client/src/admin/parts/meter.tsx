import type { MeterState } from "../../api.ts";
import { day } from "../format.ts";
import { text } from "../text.ts";
import { Card } from "./card.tsx";

const CLASSES = ["fewer_than_10", "fewer_than_100", "at_least_100"] as const;

/** How many installs look like this one, and what follows from it. */
export function Meter({ meter }: { meter: MeterState | null }) {
  const words = text.meter;
  if (meter === null) {
    return (
      <Card id="meter" title={words.title}>
        <p>{words.none}</p>
      </Card>
    );
  }
  return (
    <Card id="meter" title={words.title}>
      <p>{words.sentence(words.shared[meter.sharedBy], day(meter.asOf))}</p>
      <ol class="scale" aria-label={words.scale}>
        {CLASSES.map((name) => (
          <li key={name} aria-current={name === meter.sharedBy ? "true" : undefined}>
            {words.shared[name]}
          </li>
        ))}
      </ol>
      <p class="quiet">{meter.coarsened ? words.coarsened : words.fine}</p>
    </Card>
  );
}
