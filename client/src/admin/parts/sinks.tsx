import type { SinkState } from "../../delivery/types.ts";
import { bytes, when } from "../format.ts";
import type { PageModel } from "../model.ts";
import { text } from "../text.ts";
import { Card } from "./card.tsx";
import { Facts } from "./facts.tsx";
import { Form } from "./form.tsx";

/** Every place that telemetry may go to. */
export function Sinks({ model }: { model: PageModel }) {
  const { sinks, consent } = model.state;
  const words = text.sinks;
  return (
    <Card id="sinks" title={words.title}>
      {sinks.length === 0 ? <p>{words.none}</p> : null}
      {sinks.map((sink) => (
        <div class="sink" key={sink.name}>
          <h3>{words.names[sink.name]}</h3>
          <Facts of={factsOf(sink, model.now)} />
          {consent.base || consent.detailed ? (
            <Form model={model} to="test" kind="toggle">
              <input type="hidden" name="sink" value={sink.name} />
              <button type="submit" class="button">
                {words.test}
                {sinks.length > 1 ? <span class="hidden"> {words.names[sink.name]}</span> : null}
              </button>
              <span class="quiet">{words.testNote}</span>
            </Form>
          ) : (
            <p class="quiet">{words.testOff}</p>
          )}
        </div>
      ))}
    </Card>
  );
}

function factsOf(sink: SinkState, now: number): (readonly [string, string])[] {
  const words = text.sinks;
  const { records } = text.never;
  const { queue, last } = sink;
  return [
    [words.address, sink.destination],
    [words.source, sourceOf(sink)],
    [words.last, last === null ? words.lastNone : lastOf(last, now)],
    [words.totals, words.totalsLine(sink.sent, sink.rejected, sink.givenUp)],
    [words.queue, words.queueLine(records(queue.records), bytes(queue.bytes))],
    [words.dropped, queue.dropped === 0 ? "" : words.droppedLine(records(queue.dropped))],
  ];
}

function sourceOf({ source, variable }: SinkState): string {
  return source === "environment" ? text.sinks.environment(variable) : text.sinks[source];
}

function lastOf(last: NonNullable<SinkState["last"]>, now: number): string {
  const { results, lastLine } = text.sinks;
  const { records } = text.never;
  const line = lastLine(
    results[last.kind],
    when(last.at, now),
    records(last.records),
    bytes(last.bytes),
  );
  return last.reason === "" ? line : `${line}: ${last.reason}`;
}
