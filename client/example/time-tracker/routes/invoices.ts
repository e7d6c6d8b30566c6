import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Form, id } from "../form.ts";
import { type Services, screenOf } from "../services.ts";
import { show } from "../show.ts";
import { invoicePage, invoicesPage } from "../views/invoices.ts";

interface One {
  Params: { id: string };
}

export function invoiceRoutes(app: FastifyInstance, services: Services): void {
  const { invoices, clients, settings } = services.store;
  const { telemetry } = services;
  const list = (request: FastifyRequest, reply: FastifyReply, fault?: string) =>
    show(
      reply,
      invoicesPage(screenOf(request, services), invoices.all(), clients.active(), fault),
      fault === undefined ? 200 : 400,
    );

  app.get("/invoices", async (request, reply) => list(request, reply));

  app.post<{ Body: Form }>("/invoices", async (request, reply) => {
    const client_id = id(request.body, "client_id") ?? 0;
    const invoice_id = invoices.create(client_id, settings.read().rounding_minutes);
    if (invoice_id === null) {
      return list(request, reply, "This client has no billable time that is not billed yet.");
    }
    telemetry.track(
      "invoice.created",
      { invoice_id, client_id, new_status: "draft" },
      { user: request.person!.id },
    );
    return reply.redirect(`/invoices/${invoice_id}`, 303);
  });

  app.get<One>("/invoices/:id", async (request, reply) => {
    const invoice = invoices.byId(Number(request.params.id));
    if (invoice === undefined) return reply.callNotFound();
    const screen = screenOf(request, services);
    return show(reply, invoicePage(screen, invoice, invoices.lines(invoice.id)));
  });

  const step = (path: string, old_status: "draft" | "sent", new_status: "sent" | "paid") =>
    app.post<One>(`/invoices/:id/${path}`, async (request, reply) => {
      const invoice_id = Number(request.params.id);
      if (invoices.advance(invoice_id, new_status)) {
        telemetry.track(
          `invoice.${new_status}`,
          { invoice_id, old_status, new_status },
          { user: request.person!.id },
        );
      }
      return reply.redirect(`/invoices/${invoice_id}`, 303);
    });
  step("send", "draft", "sent");
  step("pay", "sent", "paid");
}
