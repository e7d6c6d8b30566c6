import type { Settings } from "./store/settings.ts";

export const DATE_FORMATS = ["YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY"];
export const TIME_FORMATS = ["24h", "12h"];
export const CURRENCIES = ["EUR", "USD", "GBP", "CHF", "SEK", "PLN", "CAD", "AUD", "JPY"];

/** Writes days, times and money as the settings say. */
export interface Format {
  day(seconds: number): string;
  time(seconds: number): string;
  /** Of an amount in cents. */
  money(cents: number): string;
  /** `1:05 h`. */
  duration(seconds: number): string;
}

type Wanted = Pick<Settings, "timezone" | "date_format" | "time_format" | "currency">;

export function createFormat(settings: Wanted): Format {
  const { timezone: timeZone, currency } = settings;
  const days = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const times = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: settings.time_format === "12h" ? "h12" : "h23",
  });
  const amounts = new Intl.NumberFormat("en-US", { style: "currency", currency });
  return {
    day(seconds) {
      const [day = "", month = "", year = ""] = days.format(seconds * 1000).split("/");
      return settings.date_format.replace("YYYY", year).replace("MM", month).replace("DD", day);
    },
    time: (seconds) => times.format(seconds * 1000),
    money: (cents) => amounts.format(cents / 100),
    duration(seconds) {
      const minutes = Math.round(seconds / 60);
      return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
    },
  };
}
