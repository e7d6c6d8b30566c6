import type { Database } from "./database.ts";

export interface ProjectInput {
  name: string;
  client_id: number | null;
  billable: boolean;
  /** Cents. */
  hourly_rate: number;
}

export interface Project {
  id: number;
  name: string;
  client_id: number | null;
  client_name: string | null;
  billable: number;
  hourly_rate: number;
  archived: number;
}

export interface Projects {
  all(): Project[];
  active(): Project[];
  byId(id: number): Project | undefined;
  create(input: ProjectInput): number;
  /** False when there is no such project. */
  update(id: number, input: ProjectInput): boolean;
  /** False when there was nothing to do. */
  setArchived(id: number, archived: boolean): boolean;
}

const SELECT = `
  SELECT projects.*, clients.name AS client_name
  FROM projects LEFT JOIN clients ON clients.id = projects.client_id`;

export function createProjects(database: Database): Projects {
  const values = ({ name, client_id, billable, hourly_rate }: ProjectInput) =>
    [name, client_id, Number(billable), hourly_rate] as const;
  return {
    all: () => database.all<Project>(`${SELECT} ORDER BY projects.archived, projects.name`),
    active: () =>
      database.all<Project>(`${SELECT} WHERE NOT projects.archived ORDER BY projects.name`),
    byId: (id) => database.one<Project>(`${SELECT} WHERE projects.id = ?`, id),
    create: (input) =>
      database.run(
        "INSERT INTO projects (name, client_id, billable, hourly_rate) VALUES (?, ?, ?, ?)",
        ...values(input),
      ).id,
    update: (id, input) =>
      database.run(
        "UPDATE projects SET name = ?, client_id = ?, billable = ?, hourly_rate = ? WHERE id = ?",
        ...values(input),
        id,
      ).changes > 0,
    setArchived: (id, archived) =>
      database.run(
        "UPDATE projects SET archived = ? WHERE id = ? AND archived <> ?",
        Number(archived),
        id,
        Number(archived),
      ).changes > 0,
  };
}
