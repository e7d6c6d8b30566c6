import type { Client } from "../store/clients.ts";
import type { Invoice, InvoiceLine } from "../store/invoices.ts";
import { type Html, html } from "./html.ts";
import { form, layout, type Screen } from "./layout.ts";
import { badge, optionsOf, problem, select, table } from "./parts.ts";

export function invoicesPage(
  screen: Screen,
  invoices: Invoice[],
  clients: Client[],
  fault?: string,
): Html {
  const create = html`<div class="fields">
    ${select("Client", "client_id", optionsOf(clients))}
    <button>Create an invoice</button>
  </div>`;
  return layout(
    screen,
    "Invoices",
    html`${problem(fault)}
    <section class="card">
      <h2>Bill the open time of a client</h2>
      ${
        clients.length === 0
          ? html`<p>An invoice goes to a client: <a href="/clients">create one</a> first.</p>`
          : form(screen, "/invoices", create)
      }
    </section>
    ${table(
      "Invoices",
      [
        { title: "Number" },
        { title: "Client" },
        { title: "Date" },
        { title: "Amount", number: true },
        { title: "State" },
      ],
      invoices.map(({ id, client_name, created_at, total, status }) => [
        html`<a href="/invoices/${id}">${numberOf(id)}</a>`,
        client_name,
        screen.format.day(created_at),
        screen.format.money(total),
        badge(status),
      ]),
      "No invoices yet.",
    )}`,
  );
}

export function invoicePage(screen: Screen, invoice: Invoice, lines: InvoiceLine[]): Html {
  const { format, settings } = screen;
  const step = (path: string, label: string) =>
    form(screen, `/invoices/${invoice.id}/${path}`, html`<button>${label}</button>`);
  return layout(
    screen,
    `Invoice ${numberOf(invoice.id)}`,
    html`<section class="card">
      <p>From <strong>${settings.company_name}</strong>, ${settings.company_address}, ${settings.company_email}</p>
      <p>To <strong>${invoice.client_name}</strong>, on ${format.day(invoice.created_at)}</p>
      <p>${badge(invoice.status)}</p>
      ${invoice.status === "draft" && step("send", "Mark as sent")}
      ${invoice.status === "sent" && step("pay", "Mark as paid")}
    </section>
    ${table(
      "Positions",
      [
        { title: "Project" },
        { title: "Time", number: true },
        { title: "Rate an hour", number: true },
        { title: "Amount", number: true },
      ],
      lines.map(({ project_name, seconds, hourly_rate, amount }) => [
        project_name,
        format.duration(seconds),
        format.money(hourly_rate),
        format.money(amount),
      ]),
      "Nothing on it.",
    )}
    <p class="total">Total ${format.money(invoice.total)}</p>
    <p><a href="/invoices">All invoices</a></p>`,
  );
}

const numberOf = (id: number) => String(id).padStart(4, "0");
