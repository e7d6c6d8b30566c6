import type { ComponentChildren } from "preact";
import type { ApiError } from "../api/api.ts";
import type { Query } from "../api/query.ts";
import { text } from "../text/shell.ts";
import type { Export } from "./csv.ts";
import { ExportMenu } from "./export-menu.tsx";

/**
 * A titled box around one question's answer: a skeleton first, the old answer faded while a new
 * question runs, and its own error with retry.
 */
export function Card<T>(props: {
  id: string;
  title: string;
  query: Query<T>;
  actions?: ComponentChildren;
  foot?: (data: T) => string;
  exportOf?: (data: T) => Export;
  tall?: boolean;
  class?: string;
  children: (data: T) => ComponentChildren;
}) {
  const { query } = props;
  const { data } = query;
  return (
    <section
      class={`card ${props.class ?? ""}`}
      aria-labelledby={`${props.id}-title`}
      aria-busy={data === null && query.error === null}
      data-testid={`card-${props.id}`}
    >
      <div class="card-head">
        <h2 id={`${props.id}-title`}>{props.title}</h2>
        <div class="card-actions">
          {props.actions}
          {data !== null && props.exportOf && (
            <ExportMenu
              id={props.id}
              exportOf={() => (props.exportOf as (data: T) => Export)(data)}
            />
          )}
        </div>
      </div>
      {query.error && <CardError error={query.error} retry={query.retry} kept={data !== null} />}
      {data === null && !query.error && <Skeleton tall={props.tall ?? false} />}
      {data !== null && (
        <div class={query.outdated ? "card-body outdated" : "card-body"}>
          {props.children(data)}
          {props.foot && <p class="card-foot">{props.foot(data)}</p>}
        </div>
      )}
    </section>
  );
}

function CardError(props: { error: ApiError; retry: () => void; kept: boolean }) {
  const { error } = props;
  return (
    <div class={props.kept ? "card-error kept" : "card-error"} role="status">
      <div>
        <p class="card-error-title">{props.kept ? text.error.refresh : text.error.title}</p>
        <p>{error.message}</p>
        {error.requestId && <p class="mono small">{text.error.request(error.requestId)}</p>}
      </div>
      <button type="button" class="button" onClick={props.retry}>
        {text.error.retry}
      </button>
    </div>
  );
}

function Skeleton({ tall }: { tall: boolean }) {
  return (
    <div class={tall ? "skeleton tall" : "skeleton"}>
      <span class="visually-hidden">{text.card.loading}</span>
    </div>
  );
}
