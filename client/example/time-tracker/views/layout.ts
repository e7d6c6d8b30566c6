import type { Format } from "../format.ts";
import type { Entry } from "../store/entries.ts";
import type { Settings } from "../store/settings.ts";
import type { User } from "../store/users.ts";
import { type Html, html } from "./html.ts";

/** What each page shows around its own content. */
export interface Screen {
  user: User;
  /** Goes into each form; see `guard.ts`. */
  csrf: string;
  path: string;
  settings: Settings;
  format: Format;
  running: Entry[];
}

const PLACES: [path: string, name: string][] = [
  ["/", "Today"],
  ["/timer", "Timer"],
  ["/projects", "Projects"],
  ["/tasks", "Tasks"],
  ["/clients", "Clients"],
  ["/invoices", "Invoices"],
  ["/reports", "Reports"],
];
const ADMIN_PLACES: typeof PLACES = [
  ["/admin/users", "Users"],
  ["/admin/telemetry", "Telemetry"],
];

/** A whole page for somebody who is signed in. */
export function layout(screen: Screen, title: string, content: Html): Html {
  const { user, path, settings, running } = screen;
  const places = user.role === "admin" ? [...PLACES, ...ADMIN_PLACES] : PLACES;
  return shell(
    title,
    html`
      <a class="skip" href="#content">Skip to the content</a>
      <header class="bar">
        <a class="brand" href="/">${settings.company_name || "Time tracker"}</a>
        <nav aria-label="Main">
          ${places.map(
            ([to, name]) =>
              html`<a href="${to}" ${isAt(path, to) && html`aria-current="page"`}>${name}</a>`,
          )}
        </nav>
        ${running.length > 0 && html`<a class="chip" href="/timer">Timer runs</a>`}
        ${form(screen, "/logout", html`<button class="quiet">Sign out</button>`)}
      </header>
      <main id="content">
        <h1>${title}</h1>
        ${content}
      </main>
    `,
  );
}

/** A page for somebody who is not signed in, or an error. */
export function plainPage(title: string, content: Html): Html {
  return shell(title, html`<main id="content" class="narrow"><h1>${title}</h1>${content}</main>`);
}

/** A form that `guard.ts` accepts. */
export function form({ csrf }: Pick<Screen, "csrf">, action: string, content: Html): Html {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="csrf" value="${csrf}">${content}
  </form>`;
}

const isAt = (path: string, place: string) =>
  path === place || (place !== "/" && path.startsWith(`${place}/`));

function shell(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Time tracker</title>
  <link rel="stylesheet" href="/style.css">
  <link rel="icon" href="data:,">
</head>
<body>${body}</body>
</html>`;
}
