import type { Catalogue, Properties, Property } from "./catalogue.ts";

type ValueOf<P extends Property> = P extends { readonly type: "enum" }
  ? P["values"][number]
  : P extends { readonly type: "id" }
    ? string | number | bigint
    : P extends { readonly type: "boolean" }
      ? boolean
      : P extends { readonly type: "version" | "route" }
        ? string
        : number;

type ValuesOf<P extends Properties> = { readonly [K in keyof P]?: ValueOf<P[K]> };

type CommonOf<C extends Catalogue> = C extends { readonly common: infer P extends Properties }
  ? ValuesOf<P>
  : unknown;

/**
 * Event name → its properties, for a catalogue written `as const satisfies Catalogue`. With it a
 * wrong event, property or value does not compile.
 *
 * @example
 * const catalogue = { … } as const satisfies Catalogue;
 * type Events = EventsOf<typeof catalogue>;
 * declare function track<E extends keyof Events>(event: E, properties?: Events[E]): void;
 */
export type EventsOf<C extends Catalogue> = {
  readonly [E in C["events"][number] as E["name"]]: ValuesOf<E["properties"]> & CommonOf<C>;
};
