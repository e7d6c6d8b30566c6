import type { ComponentChildren } from "preact";
import { documentReply } from "./document.tsx";
import { style } from "./style.ts";
import type { PageReply } from "./types.ts";

interface SmallPage {
  status?: number;
  title: string;
  children: ComponentChildren;
}

/** A page with one card: a question, a receipt, a refusal. */
export function smallPage({ status = 200, title, children }: SmallPage): PageReply {
  return documentReply({
    status,
    title,
    style,
    script: "",
    body: (
      <main class="body single">
        <section class="card" aria-labelledby="title">
          <h1 id="title">{title}</h1>
          {children}
        </section>
      </main>
    ),
  });
}
