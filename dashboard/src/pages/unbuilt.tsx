import { text } from "../text/shell.ts";

/** Stands for a page that is not there yet. */
export function Unbuilt() {
  return (
    <section class="card notice">
      <p>{text.pageLoad.unbuilt}</p>
    </section>
  );
}
