import { now } from "../time.ts";
import type { Database } from "./database.ts";

export type Role = "admin" | "user";

export interface User {
  id: number;
  name: string;
  role: Role;
  created_at: number;
}

export interface Users {
  all(): User[];
  byId(id: number): User | undefined;
  /** With the password's hash, for signing in. */
  byName(name: string): (User & { password: string }) | undefined;
  /** Null when somebody has the name already. */
  create(name: string, passwordHash: string, role: Role): number | null;
}

export function createUsers(database: Database): Users {
  return {
    all: () => database.all<User>("SELECT id, name, role, created_at FROM users ORDER BY name"),
    byId: (id) =>
      database.one<User>("SELECT id, name, role, created_at FROM users WHERE id = ?", id),
    byName: (name) => database.one("SELECT * FROM users WHERE name = ?", name),
    create(name, passwordHash, role) {
      const { changes, id } = database.run(
        "INSERT OR IGNORE INTO users (name, password, role, created_at) VALUES (?, ?, ?, ?)",
        name,
        passwordHash,
        role,
        now(),
      );
      return changes === 0 ? null : id;
    },
  };
}
