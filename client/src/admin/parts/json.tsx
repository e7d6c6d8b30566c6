import { text } from "../text.ts";

/** Something exactly as it goes on the wire, folded away unless asked for. */
export function Json({ of, label, open = false }: { of: unknown; label?: string; open?: boolean }) {
  return (
    <details open={open}>
      <summary>{label ?? text.records.json}</summary>
      <pre>{JSON.stringify(of, null, 1)}</pre>
    </details>
  );
}
