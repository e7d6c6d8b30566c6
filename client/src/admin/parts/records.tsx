import { type PageModel, type Records, TABS } from "../model.ts";
import { text } from "../text.ts";
import { Card } from "./card.tsx";
import { NeverSentTab } from "./never-sent.tsx";
import { SentTab } from "./sent.tsx";
import { WouldSendTab } from "./would-send.tsx";

/** Would send now, Sent, Never sent: links, so that each has an address and needs no script. */
export function RecordsPart({ model }: { model: PageModel }) {
  const { records } = model;
  const words = text.records;
  return (
    <Card id="records" title={words.title}>
      <nav class="tabs" aria-label={words.title}>
        {TABS.map((tab) => (
          <a
            key={tab}
            href={`${model.path}?tab=${tab}#records`}
            aria-current={tab === records.tab ? "page" : undefined}
          >
            {words.tabs[tab]}
          </a>
        ))}
      </nav>
      {records.tab === "next" ? <WouldSendTab model={model} would={records.would} /> : null}
      {records.tab === "sent" ? <SentTab model={model} entries={records.entries} /> : null}
      {records.tab === "never" ? <NeverSentTab model={model} entries={records.entries} /> : null}
      <Pages path={model.path} records={records} />
    </Card>
  );
}

function Pages({ path, records }: { path: string; records: Records }) {
  if (records.tab === "next") return null;
  const { tab, page, more, cut } = records;
  const words = text.records;
  if (page === 1 && !more) return cut ? <p class="quiet">{words.cut}</p> : null;
  const to = (other: number) => `${path}?tab=${tab}&page=${other}#records`;
  return (
    <p class="pages">
      {page > 1 ? (
        <a class="button" href={to(page - 1)}>
          {words.newer}
        </a>
      ) : null}
      <span class="quiet">{words.page(page)}</span>
      {more ? (
        <a class="button" href={to(page + 1)}>
          {words.older}
        </a>
      ) : null}
      {cut && !more ? <span class="quiet">{words.cut}</span> : null}
    </p>
  );
}
