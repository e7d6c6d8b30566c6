import { now, rounded } from "../time.ts";
import type { Database } from "./database.ts";

export type InvoiceStatus = "draft" | "sent" | "paid";

export interface Invoice {
  id: number;
  client_id: number;
  client_name: string;
  status: InvoiceStatus;
  created_at: number;
  /** Cents. */
  total: number;
}

export interface InvoiceLine {
  project_name: string;
  seconds: number;
  hourly_rate: number;
  amount: number;
}

export interface Invoices {
  all(): Invoice[];
  byId(id: number): Invoice | undefined;
  lines(id: number): InvoiceLine[];
  /** Bills what a client has not been billed for yet; null when there is nothing. */
  create(clientId: number, roundingMinutes: number): number | null;
  /** A draft becomes sent, and a sent one paid; false for any other step. */
  advance(id: number, to: "sent" | "paid"): boolean;
}

interface Work {
  id: number;
  project_id: number;
  hourly_rate: number;
  seconds: number;
}

const SELECT = `
  SELECT invoices.*, clients.name AS client_name,
    (SELECT coalesce(sum(amount), 0) FROM invoice_lines WHERE invoice_id = invoices.id) AS total
  FROM invoices JOIN clients ON clients.id = invoices.client_id`;

const UNBILLED = `
  SELECT entries.id, project_id, hourly_rate, ended_at - started_at AS seconds
  FROM entries JOIN projects ON projects.id = project_id
  WHERE projects.client_id = ? AND entries.billable
    AND ended_at IS NOT NULL AND invoice_id IS NULL`;

export function createInvoices(database: Database): Invoices {
  const bill = (clientId: number, roundingMinutes: number): number | null => {
    const work = database.all<Work>(UNBILLED, clientId);
    if (work.length === 0) return null;
    const invoice = database.run(
      "INSERT INTO invoices (client_id, status, created_at) VALUES (?, 'draft', ?)",
      clientId,
      now(),
    ).id;
    for (const entries of Map.groupBy(work, ({ project_id }) => project_id).values()) {
      const { project_id, hourly_rate } = entries[0]!;
      const seconds = entries.reduce(
        (sum, each) => sum + rounded(each.seconds, roundingMinutes),
        0,
      );
      database.run(
        "INSERT INTO invoice_lines VALUES (?, ?, ?, ?, ?)",
        invoice,
        project_id,
        seconds,
        hourly_rate,
        Math.round((seconds * hourly_rate) / 3600),
      );
    }
    for (const { id } of work) {
      database.run("UPDATE entries SET invoice_id = ? WHERE id = ?", invoice, id);
    }
    return invoice;
  };
  return {
    all: () => database.all<Invoice>(`${SELECT} ORDER BY invoices.id DESC`),
    byId: (id) => database.one<Invoice>(`${SELECT} WHERE invoices.id = ?`, id),
    lines: (id) =>
      database.all<InvoiceLine>(
        `SELECT projects.name AS project_name, seconds, invoice_lines.hourly_rate, amount
         FROM invoice_lines JOIN projects ON projects.id = project_id
         WHERE invoice_id = ? ORDER BY projects.name`,
        id,
      ),
    create: (clientId, roundingMinutes) => database.together(() => bill(clientId, roundingMinutes)),
    advance: (id, to) =>
      database.run(
        "UPDATE invoices SET status = ? WHERE id = ? AND status = ?",
        to,
        id,
        to === "sent" ? "draft" : "sent",
      ).changes > 0,
  };
}
