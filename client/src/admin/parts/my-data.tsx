import type { PageModel } from "../model.ts";
import { text } from "../text.ts";
import { Card } from "./card.tsx";

/**
 * Export and erasure: plain links, because both ask or answer on a page of their own. Without the
 * attribute `download`, with which a browser would keep the page that says why there is no file.
 */
export function MyDataPart({ model: { state, path } }: { model: PageModel }) {
  const words = text.mine;
  const missing =
    state.identity === null ? words.noIdentity : state.sinks.length === 0 ? words.noSink : "";
  return (
    <Card id="my-data" title={words.title} intro={words.intro}>
      {missing === "" ? (
        <>
          <p class="toggle">
            <a class="button" href={`${path}/export`}>
              {words.export}
            </a>
            <span class="quiet">{words.exportNote}</span>
          </p>
          <p class="toggle">
            <a class="button" href={`${path}/erase`}>
              {words.erase}
            </a>
            <span class="quiet">{words.eraseNote}</span>
          </p>
        </>
      ) : (
        <p>{missing}</p>
      )}
    </Card>
  );
}
