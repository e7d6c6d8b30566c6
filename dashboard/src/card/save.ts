import type { Export } from "./csv.ts";

export type FileType = "csv" | "json" | "png";

/**
 * Saves a table, or the picture of it, as a file made in the browser.
 * @param figure what a picture is taken of
 */
export async function saveAs(
  type: FileType,
  table: Export,
  figure: Element | null | undefined,
): Promise<void> {
  const content = await contentOf(type, table, figure);
  if (!content) return;
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = `${table.name}.${type}`;
  link.click();
  URL.revokeObjectURL(url);
}

async function contentOf(
  type: FileType,
  table: Export,
  figure: Element | null | undefined,
): Promise<Blob | null> {
  if (type === "png") {
    const { toPng } = await import("./png.ts");
    return figure ? toPng(figure, table) : null;
  }
  const { toCsv, toJson } = await import("./csv.ts");
  return type === "csv"
    ? new Blob([toCsv(table)], { type: "text/csv" })
    : new Blob([toJson(table)], { type: "application/json" });
}
