import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Catalogue } from "./catalogue.ts";

const file = new URL("../catalogues/timetracker.json", import.meta.url);
const catalogue: Catalogue = JSON.parse(readFileSync(file, "utf8"));
const names = new Set(catalogue.events.map(({ name }) => name));

/** `resource: actions`, as the time tracker sends them. */
const SENT = `
auth: login login_failed logout
timer: started stopped idle_detected
project: created updated archived unarchived deleted favorited unfavorited status_changed activated deactivated
task: created updated status_changed deleted
client: created updated archived deleted
client_note: created updated deleted
invoice: created updated sent paid deleted
quote: sent approved rejected updated deleted approval.requested approval.rejected template.created
report: viewed generated
export: csv pdf excel
comment: created updated deleted
expense: updated approved rejected reimbursed deleted
mileage: updated approved rejected reimbursed deleted
per_diem: updated approved rejected reimbursed deleted
admin: user_created user_updated user_deleted user_role_changed settings_updated telemetry_dashboard_viewed telemetry_toggled analytics_toggled
setup: completed
support: modal_opened donation_clicked license_clicked prompt_shown prompt_dismissed
system: backup_created error
telemetry: install update health
analytics: identify`;

it("lists every event that the time tracker sends", () => {
  const sent = SENT.trim()
    .split("\n")
    .flatMap((line) => {
      const [resource = "", actions = ""] = line.split(": ");
      return actions.split(" ").map((action) => `${resource}.${action}`);
    });
  sent.push("payment_deleted", "error_occurred", "performance_metric", "$pageview");
  expect(sent.filter((name) => !names.has(name))).toEqual([]);
});

it("has no property for what is somebody's business", () => {
  const keys = new Set(
    [catalogue.common ?? {}, ...catalogue.events.map(({ properties }) => properties)].flatMap(
      (properties) => Object.keys(properties),
    ),
  );
  const content =
    "amount quote_title template_name filename filter_name message description host current_url error_message recipient_email project_name invoice_number notes";
  expect(content.split(" ").filter((key) => keys.has(key))).toEqual([]);
});

it("says of every event and property what it is for", () => {
  for (const { name, description, reason, owner, properties } of catalogue.events) {
    expect([name, description, owner, reason].every((words) => words.length > 1)).toBe(true);
    expect(reason).toMatch(/\?$/);
    for (const property of Object.values(properties)) expect(property.description).toMatch(/\.$/);
  }
});
