import type { Catalogue, Properties, Property } from "./catalogue.ts";

/** What a property of each open type may be; closed sets are read off the catalogue. */
interface Values {
  id: string | number | bigint;
  integer: number;
  number: number;
  boolean: boolean;
  version: string;
  duration_seconds: number;
  enum: string;
  route: string;
}

type ValueOf<P extends Property> = P extends { readonly type: "enum" }
  ? P["values"][number]
  : Values[P["type"]];

type ValuesOf<P extends Properties> = { readonly [K in keyof P]?: ValueOf<P[K]> };

type CommonOf<C extends Catalogue> = C extends { readonly common: infer P extends Properties }
  ? ValuesOf<P>
  : unknown;

/**
 * Event name → its properties, for a catalogue written `as const satisfies Catalogue`. With it a
 * wrong event, property or value does not compile. For a catalogue that the compiler does not know
 * (`EventsOf<Catalogue>`) any event of plain values does.
 *
 * @example
 * const catalogue = { … } as const satisfies Catalogue;
 * type Events = EventsOf<typeof catalogue>;
 * declare function track<E extends keyof Events>(event: E, properties?: Events[E]): void;
 */
export type EventsOf<C extends Catalogue> = {
  readonly [E in C["events"][number] as E["name"]]: ValuesOf<E["properties"]> & CommonOf<C>;
};
