import type { Settings } from "../../store/client.ts";
import { MEDIA_TYPES } from "../rows-as.ts";

export const EXPORT_FORMATS = ["csv", "ndjson", "parquet"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** As ClickHouse calls them. */
export const FORMATS: Record<ExportFormat, string> = {
  csv: "CSV",
  ndjson: "JSONEachRow",
  parquet: "Parquet",
};

export const EXPORT_MEDIA_TYPES: Record<ExportFormat, string> = {
  ...MEDIA_TYPES,
  parquet: "application/vnd.apache.parquet",
};

/** How values are written: times as ISO 8601 in UTC, nothing for null in CSV, 64-bit counts as numbers. */
export const WRITING: Settings = {
  date_time_output_format: "iso",
  output_format_json_quote_64bit_integers: 0,
  format_csv_null_representation: "",
  output_format_csv_crlf_end_of_line: 1,
  output_format_parquet_row_group_size: 100_000,
  output_format_parquet_row_group_size_bytes: 32 * 1024 * 1024,
  output_format_parquet_string_as_string: 1,
  output_format_parquet_parallel_encoding: 0,
};
