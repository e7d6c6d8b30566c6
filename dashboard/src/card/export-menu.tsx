import { useState } from "preact/hooks";
import { DownloadIcon } from "../shell/icons.tsx";
import { Popover } from "../shell/popover.tsx";
import { text } from "../text.ts";
import { type Export, toCsv, toJson } from "./csv.ts";

/** Saves what the card shows, as a file made in the browser. */
export function ExportMenu({ id, exportOf }: { id: string; exportOf: () => Export }) {
  const [open, setOpen] = useState(false);
  const download = (type: "csv" | "json") => {
    const table = exportOf();
    if (type === "csv") save(`${table.name}.csv`, "text/csv;charset=utf-8", toCsv(table));
    else save(`${table.name}.json`, "application/json", toJson(table));
    setOpen(false);
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
        <li>
          <button type="button" onClick={() => download("csv")}>
            {text.card.csv}
          </button>
        </li>
        <li>
          <button type="button" onClick={() => download("json")}>
            {text.card.json}
          </button>
        </li>
      </ul>
    </Popover>
  );
}

function save(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
