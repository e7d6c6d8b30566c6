const MAX_LENGTH = 300;
const MAX_SEGMENTS = 12;

/** What comes after these in a path names one of them, even where it is a word: `/users/ann`. */
const COLLECTIONS = new Set(
  (
    "home u user users people person persons member members profile profiles account accounts author authors " +
    "customer customers client clients company companies contact contacts employee employees team teams org " +
    "orgs organization organizations tenant tenants workspace workspaces tag tags file files upload uploads " +
    "download downloads search by-name slug name email invite invites token tokens reset verify confirm"
  ).split(" "),
);
/** Unless it says what is done with them. */
const ACTIONS = new Set(
  (
    "new create add edit update delete remove list all me self settings preferences export import search login " +
    "logout register password avatar invite archive restore bulk bulk-delete import-csv count stats status count " +
    "permissions roles api view details overview history"
  ).split(" "),
);

/** Plural words after which comes a part of the program and not one of them. */
const AREAS = new Set(
  "settings preferences analytics reports docs assets news stats status integrations".split(" "),
);
const PLURAL = /[a-z]{2}[a-rt-z]s$/;

// A word of a program: at most three words, of which the last may carry one digit, and `v1` to `v99`.
const WORD = /^(?:v\d{1,2}|[A-Za-z]{1,24}\d?(?:[-_][A-Za-z]{1,24}\d?){0,3})$/;
const EXTENSION = /\.(?:json|xml|csv|html?|js|css|txt|php|aspx?)$/;
const PARAMETER = "([A-Za-z_][A-Za-z0-9_]{0,39})";
/** `:id`, `:id(\\d+)`, `{id}`, `{id:int}`, `<id>`, `<int:id>`, `[id]`, `[[...slug]]`, `$id`. */
const PARAMETERS = [
  new RegExp(`^:${PARAMETER}(?:\\(.{0,80}\\))?[?*+]?$`),
  new RegExp(`^\\{[*+]{0,2}${PARAMETER}(?:[:=?*].{0,80})?\\}$`),
  new RegExp(`^<(?:[a-z_]{1,20}(?:\\([^()<>]{0,80}\\))?:)?${PARAMETER}>$`),
  new RegExp(`^\\[{1,2}(?:\\.\\.\\.)?${PARAMETER}\\]{1,2}$`),
  new RegExp(`^\\$${PARAMETER}$`),
];
/** A group of a Django route: `(?P<pk>[0-9]+)`. */
const GROUP = /\(\?P<([A-Za-z_]\w{0,39})>[^()]{0,80}\)/g;

/**
 * A path or a route as a template: whatever may be an id or a name of something becomes `{id}`, and
 * every framework's way to write a parameter becomes `{name}`. Query and fragment are cut off.
 *
 * @param raw a path as it was asked for: there a word after a plural (`/projects/acme`) is the name of
 *   one of them, which in a framework's route would be a parameter
 * @returns "" for what is no path of a server
 * @example
 * templateRoute("/projects/42?tab=notes"); // "/projects/{id}"
 * templateRoute("/users/<int:user_id>/edit"); // "/users/{user_id}/edit"
 */
export function templateRoute(route: string, raw = false): string {
  if (route.length > MAX_LENGTH || route.includes("://") || route.startsWith("//")) return "";
  const plain = withoutQuery(route.replace(GROUP, "<$1>").replace(/^\^|\$$/g, ""));
  if (plain === "" || plain === "/" || plain === "*" || plain === "/*") return plain;
  const segments = plain.split("/");
  // Django's routes and some routers' have no slash in front.
  if (segments[0] === "") segments.shift();
  const slash = segments.at(-1) === "";
  if (slash) segments.pop();
  if (segments.length > MAX_SEGMENTS) return "";
  let out = "";
  let before = "";
  for (const segment of segments) {
    out += `/${templateSegment(segment, namesOne(before, raw))}`;
    before = segment.toLowerCase();
  }
  return slash ? `${out}/` : out;
}

/** The query begins at a question mark that ends no parameter (`/:id?`, `{id?}`). */
function withoutQuery(path: string): string {
  const fragment = path.indexOf("#");
  const whole = fragment < 0 ? path : path.slice(0, fragment);
  const query = whole.search(/\?(?!\/|$|\})/);
  return query < 0 ? whole : whole.slice(0, query);
}

/** Whether what follows a segment is the name of one of a collection. */
function namesOne(before: string, raw: boolean): boolean {
  return COLLECTIONS.has(before) || (raw && PLURAL.test(before) && !AREAS.has(before));
}

function templateSegment(segment: string, one: boolean): string {
  if (segment === "*" || segment === "**") return segment;
  const first = segment.charCodeAt(0);
  // Letters are no parameter.
  if (first < 65 || first > 90) {
    for (const pattern of PARAMETERS) {
      const name = pattern.exec(segment)?.[1];
      if (name !== undefined) return `{${name}}`;
    }
  }
  if (!WORD.test(segment.replace(EXTENSION, ""))) return "{id}";
  return one && !ACTIONS.has(segment.toLowerCase()) ? "{id}" : segment;
}
