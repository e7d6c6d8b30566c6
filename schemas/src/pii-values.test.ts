import { expect, it } from "vitest";
import { piiInValue } from "./pii-values.ts";

it.each([
  ["ann@example.org", "email"],
  ["write to Ann <ann.b+c@mail.example.co.uk> today", "email"],
  ["ann%40example.org", "email"],
  ["https://ann.example.org/projects/1", "url"],
  ["postgres://app:pw@db/app", "url"],
  ["//cdn.example.org/x", "url"],
  ["/search?q=ann", "url"],
  ["localhost:5000", "url"],
  ["/home/ann/invoices.csv", "path"],
  ["/Users/ann", "path"],
  ["C:\\Users\\Ann\\Desktop", "path"],
  ["\\\\server\\share\\x", "path"],
  ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "token"],
  ["ghp_16C7e42F292c6912E7710c838347Ae178B4a", "token"],
  ["sk_live_4eC39HqLyjWDarjtT1", "token"],
  ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4", "token"],
  ["dGhpcyBpcyBhIHNlY3JldCBrZXk9PT0x", "token"],
  ["aa:bb:cc:dd:ee:ff", "mac"],
  ["DE89 3704 0044 0532 0130 00", "iban"],
  ["pay to GB82WEST12345698765432 soon", "iban"],
  ["4111 1111 1111 1111", "card"],
  ["5555555555554444", "card"],
  ["+49 151 23456789", "phone"],
  ["(555) 123-4567", "phone"],
  ["030/1234567", "phone"],
  ["123-45-6789", "person"],
])("%j breaks the rule %s", (value, rule) => expect(piiInValue(value)).toBe(rule));

it.each([
  "10.0.0.1",
  "10.0.0.1:443",
  "at 192.168.1.10.",
  "http 203.0.113.7",
  "::1",
  "[::1]:8080",
  "2001:db8::8a2e:370:7334",
  "2001:0db8:0000:0000:0000:8a2e:0370:7334",
  "::ffff:192.0.2.128",
  "::ffff:c000:280",
  "fe80::1%eth0",
  "2001:db8::/32",
  '{"ip":"fe80::1"}',
  "FE80::A",
])("%j holds an IP address", (value) => expect(piiInValue(value)).toBe("ip"));

it.each([
  "",
  "draft",
  "In Progress",
  "5.10.0",
  "1.2.3.4.5",
  "300.1.1.1",
  "12:30:45",
  "2026-07-12T03:04:05Z",
  "std::string",
  "quote.approval.rejected",
  "admin.telemetry_dashboard_viewed",
  "0b9c7a1e-1111-4222-8333-abcdefabcdef",
  "4111 1111 1111 1112",
  "GB82WEST12345698765433",
  "en_US",
  "Europe/Berlin",
  "/projects/:id/edit",
  "application/vnd.api+json",
])("%j breaks no rule", (value) => expect(piiInValue(value)).toBeNull());

it.each([
  ["digits", "1"],
  ["at signs", "@"],
  ["dashes", "0-"],
  ["colons", "a:"],
  ["slashes", "//"],
  ["spaces after zeros", "0 "],
  ["letters", "aB1"],
  ["IBAN starts", "DE89 "],
  ["dots", "1."],
])("takes a bounded time for a megabyte of %s", (_, part) => {
  const started = performance.now();
  piiInValue(part.repeat(1_000_000 / part.length));
  expect(performance.now() - started).toBeLessThan(500);
});
