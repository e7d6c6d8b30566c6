import { useEffect, useState } from "preact/hooks";
import type { Report } from "./types.ts";

export interface Loaded {
  report: Report | null;
  /** While a first or another report is on its way. */
  loading: boolean;
  /** 0 where nothing came at all. */
  error: { status: number; requestId: string } | null;
  retry(): void;
}

/** A page that stays open gets the next day. */
const AGAIN_MS = 30 * 60_000;

/** The report at an address. What was there stays while another one is asked for, and when that fails. */
export function useReport(url: string | null, onSignedOut?: () => void): Loaded {
  const [report, setReport] = useState<Report | null>(null);
  const [error, setError] = useState<Loaded["error"]>(null);
  const [loading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  const retry = () => setTurn((last) => last + 1);
  useEffect(() => {
    if (url === null) return;
    const asked = new AbortController();
    setLoading(true);
    void load(url, asked.signal).then((answer) => {
      if (asked.signal.aborted) return;
      setLoading(false);
      if ("report" in answer) setReport(answer.report);
      setError("report" in answer ? null : answer.error);
      if ("error" in answer && answer.error.status === 401) onSignedOut?.();
      // What is closed now must not stay on the screen.
      if ("error" in answer && answer.error.status === 404) setReport(null);
    });
    const timer = setTimeout(retry, AGAIN_MS);
    return () => {
      asked.abort();
      clearTimeout(timer);
    };
  }, [url, turn]);
  return { report, loading, error, retry };
}

type Answer = { report: Report } | { error: NonNullable<Loaded["error"]> };

async function load(url: string, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(url, { signal, credentials: "same-origin" });
    if (response.ok) return { report: (await response.json()) as Report };
    const body = (await response.json().catch(() => ({}))) as { requestId?: string };
    return { error: { status: response.status, requestId: body.requestId ?? "" } };
  } catch {
    return { error: { status: 0, requestId: "" } };
  }
}
