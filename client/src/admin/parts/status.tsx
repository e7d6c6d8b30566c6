import type { PageModel } from "../model.ts";
import { decidedSentence, statusSentence } from "../status.ts";
import { text } from "../text.ts";

/** The first thing on the page: what is on, and who decided. */
export function Status({ model: { state, now } }: { model: PageModel }) {
  const { base, detailed } = state.consent;
  const { status } = text;
  return (
    <section class="card status" id="status" aria-labelledby="status-title">
      <h2 id="status-title" class="hidden">
        {status.title}
      </h2>
      <p class="badges">
        <Badge name={status.base} on={base} word={base ? status.on : status.isOff} />
        <Badge name={status.detailed} on={detailed} word={detailed ? status.on : status.isOff} />
      </p>
      <p class="sentence">{statusSentence(state, now)}</p>
      <p class="quiet">{decidedSentence(state, now)}</p>
      {state.problems.length === 0 ? null : (
        <div class="note warn">
          <strong>{text.page.problems}</strong>
          <ul>
            {state.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function Badge({ name, on, word }: { name: string; on: boolean; word: string }) {
  return (
    <span class={on ? "badge on" : "badge"}>
      {name}: <b>{word}</b>
    </span>
  );
}
