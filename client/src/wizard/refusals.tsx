import { smallPage } from "../admin/small-page.tsx";
import type { PageReply } from "../admin/types.ts";
import { text } from "./text.ts";

/** Setup was complete before this form was sent. */
export function completedPage(doneUrl: string): PageReply {
  const { title, says, go } = text.completed;
  return smallPage({
    status: 409,
    title,
    children: (
      <>
        <p>{says}</p>
        <p class="toggle">
          <a class="button" href={doneUrl}>
            {go}
          </a>
        </p>
      </>
    ),
  });
}

/** `authorize` knows nobody who may do this. */
export function forbiddenPage(): PageReply {
  return refusal(403, text.refused.title, text.refused.says);
}

/** The form was sent from another site. */
export function foreignPage(): PageReply {
  return refusal(403, text.refused.foreignTitle, text.refused.foreign);
}

export function methodPage(): PageReply {
  return refusal(405, text.refused.methodTitle, text.refused.method);
}

function refusal(status: number, title: string, says: string): PageReply {
  return smallPage({ status, title, children: <p class="note error">{says}</p> });
}
