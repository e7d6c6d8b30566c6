import { useState } from "preact/hooks";
import { DownloadIcon } from "../shell/icons.tsx";
import { Popover } from "../shell/popover.tsx";
import { text } from "../text/shell.ts";
import type { Export } from "./csv.ts";
import { type FileType, saveAs } from "./save.ts";

/** Where a card has no figure of its own, a body with bars or dots in it is one. */
const FIGURE = "figure, .card-body:has(.bar, .dot-plot)";

/** Saves what the card shows, as a file made in the browser. */
export function ExportMenu({ id, exportOf }: { id: string; exportOf: () => Export }) {
  const [open, setOpen] = useState(false);
  const figure = open
    ? document.querySelector(`[data-testid="card-${id}"]`)?.querySelector(FIGURE)
    : null;
  const types: FileType[] = ["csv", "json", ...(figure ? ["png" as const] : [])];
  const download = (type: FileType) => {
    setOpen(false);
    void saveAs(type, exportOf(), figure);
  };
  return (
    <Popover
      id={`export-${id}`}
      label={text.card.export}
      align="end"
      buttonClass="button icon-button quiet-button"
      open={open}
      onOpen={setOpen}
      face={
        <>
          <DownloadIcon />
          <span class="visually-hidden">{text.card.export}</span>
        </>
      }
    >
      <ul class="menu">
        {types.map((type) => (
          <li key={type}>
            <button type="button" onClick={() => download(type)}>
              {text.card[type]}
            </button>
          </li>
        ))}
      </ul>
    </Popover>
  );
}
