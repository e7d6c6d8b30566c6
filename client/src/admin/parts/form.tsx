import type { ComponentChildren } from "preact";
import type { PageModel } from "../model.ts";

interface FormProps {
  model: Pick<PageModel, "path" | "csrf">;
  /** The last part of the address, such as `mode`. */
  to: string;
  kind?: string;
  children: ComponentChildren;
}

/** A form that only this page can send. */
export function Form({ model, to, kind, children }: FormProps) {
  return (
    <form method="post" action={`${model.path}/${to}`} class={kind}>
      <input type="hidden" name="csrf" value={model.csrf} />
      {children}
    </form>
  );
}
