import type { ComponentChildren } from "preact";
import { text } from "../text/shell.ts";

/** The whole page while what it is about is not known yet. */
export function Loading() {
  return (
    <div class="loading" aria-busy="true">
      <span class="visually-hidden">{text.card.loading}</span>
      <div class="skeleton tall" />
    </div>
  );
}

/** A box that stands where a page cannot: what is the matter and what to do. */
export function Notice(props: { title: string; lead: string; children?: ComponentChildren }) {
  return (
    <section class="card notice">
      <h2>{props.title}</h2>
      <p>{props.lead}</p>
      {props.children}
    </section>
  );
}
