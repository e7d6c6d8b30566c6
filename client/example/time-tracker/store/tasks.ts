import type { Database } from "./database.ts";

export const PRIORITIES = ["low", "medium", "high", "urgent"] as const;
export const STATUSES = ["todo", "in_progress", "review", "done"] as const;
export type Priority = (typeof PRIORITIES)[number];
export type Status = (typeof STATUSES)[number];

export interface Task {
  id: number;
  project_id: number;
  project_name: string;
  name: string;
  priority: Priority;
  status: Status;
}

export interface Tasks {
  all(): Task[];
  /** Those of a project, the finished ones last. */
  of(projectId: number): Task[];
  byId(id: number): Task | undefined;
  create(projectId: number, name: string, priority: Priority): number;
  setStatus(id: number, status: Status): void;
}

const SELECT = `
  SELECT tasks.*, projects.name AS project_name
  FROM tasks JOIN projects ON projects.id = tasks.project_id`;
const ORDER = "ORDER BY tasks.status = 'done', tasks.id DESC";

export function createTasks(database: Database): Tasks {
  return {
    all: () => database.all<Task>(`${SELECT} ${ORDER}`),
    of: (projectId) =>
      database.all<Task>(`${SELECT} WHERE tasks.project_id = ? ${ORDER}`, projectId),
    byId: (id) => database.one<Task>(`${SELECT} WHERE tasks.id = ?`, id),
    create: (projectId, name, priority) =>
      database.run(
        "INSERT INTO tasks (project_id, name, priority) VALUES (?, ?, ?)",
        projectId,
        name,
        priority,
      ).id,
    setStatus(id, status) {
      database.run("UPDATE tasks SET status = ? WHERE id = ?", status, id);
    },
  };
}
