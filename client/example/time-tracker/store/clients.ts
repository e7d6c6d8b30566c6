import type { Database } from "./database.ts";

export interface Client {
  id: number;
  name: string;
  archived: number;
}

export interface Clients {
  all(): Client[];
  active(): Client[];
  byId(id: number): Client | undefined;
  create(name: string): number;
  /** False when there was nothing to do. */
  archive(id: number): boolean;
}

export function createClients(database: Database): Clients {
  return {
    all: () => database.all<Client>("SELECT * FROM clients ORDER BY archived, name"),
    active: () => database.all<Client>("SELECT * FROM clients WHERE NOT archived ORDER BY name"),
    byId: (id) => database.one<Client>("SELECT * FROM clients WHERE id = ?", id),
    create: (name) => database.run("INSERT INTO clients (name) VALUES (?)", name).id,
    archive: (id) =>
      database.run("UPDATE clients SET archived = 1 WHERE id = ? AND NOT archived", id).changes > 0,
  };
}
