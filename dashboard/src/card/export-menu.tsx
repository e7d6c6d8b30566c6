import { useState } from "preact/hooks";
import { DownloadIcon } from "../shell/icons.tsx";
import { Popover } from "../shell/popover.tsx";
import { text } from "../text/shell.ts";
import { type Export, toCsv, toJson } from "./csv.ts";

/** Saves what the card shows, as a file made in the browser. */
export function ExportMenu({ id, exportOf }: { id: string; exportOf: () => Export }) {
  const [open, setOpen] = useState(false);
  const card = open ? document.querySelector(`[data-testid="card-${id}"]`) : null;
  const drawn = card?.querySelector("figure .plot canvas");
  const choices = {
    csv: text.card.csv,
    json: text.card.json,
    ...(drawn ? { png: text.card.png } : {}),
  };
  const download = async (type: string) => {
    setOpen(false);
    const table = exportOf();
    if (type === "csv") save(table, "csv", new Blob([toCsv(table)], { type: "text/csv" }));
    else if (type === "json") {
      save(table, "json", new Blob([toJson(table)], { type: "application/json" }));
    } else {
      const { toPng } = await import("./png.ts");
      const figure = card?.querySelector("figure");
      const picture = figure && (await toPng(figure, table));
      if (picture) save(table, "png", picture);
    }
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
        {Object.entries(choices).map(([type, name]) => (
          <li key={type}>
            <button type="button" onClick={() => void download(type)}>
              {name}
            </button>
          </li>
        ))}
      </ul>
    </Popover>
  );
}

function save(table: Export, extension: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = `${table.name}.${extension}`;
  link.click();
  URL.revokeObjectURL(url);
}
