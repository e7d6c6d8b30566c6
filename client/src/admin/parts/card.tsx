import type { ComponentChildren } from "preact";

interface CardProps {
  id: string;
  title: string;
  intro?: string | undefined;
  children: ComponentChildren;
}

/** One section of the page, with its heading. */
export function Card({ id, title, intro, children }: CardProps) {
  return (
    <section class="card" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {intro === undefined ? null : <p class="intro">{intro}</p>}
      {children}
    </section>
  );
}
