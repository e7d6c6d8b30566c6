import { useContext, useState } from "preact/hooks";
import type { ApiError, Method, Result } from "../../api/api.ts";
import { useApi } from "../../api/query.ts";
import { LiveContext } from "../../state/live.ts";
import { settingsText } from "../../text/settings.ts";

/** A change as it is sent. */
export interface Change {
  method: Method;
  path: string;
  body?: unknown;
}

/** Sends changes; after one that was made everything on the page is asked anew. */
export function useChange() {
  const api = useApi();
  const live = useContext(LiveContext);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  return {
    busy,
    error,
    forget: () => setError(null),
    async send<T>({ method, path, body }: Change): Promise<Result<T>> {
      setBusy(true);
      const result = await api.send<T>(method, path, body);
      setBusy(false);
      setError(result.ok ? null : result.error);
      if (result.ok) live.refresh();
      return result;
    },
  };
}

/**
 * The field that an error is about, and what it says of it: "k: found …, allowed is a whole number."
 * becomes { field: "k", message: "Allowed is a whole number." }.
 */
export function fieldError(error: ApiError | null): { field: string; message: string } | null {
  const [, field, said] = /^(\w+): (.*)$/s.exec(error?.message ?? "") ?? [];
  if (field === undefined || said === undefined) return null;
  const allowed = /allowed is (.*)$/s.exec(said)?.[1];
  return { field, message: allowed === undefined ? said : settingsText.allowed(allowed) };
}
