import { randomBytes } from "node:crypto";
import type { PageRequest } from "../admin/types.ts";

const NAME = "rollcall_setup";
const VALUE = /^[\w-]{22}$/;

/** The cookie that ties a form to the browser it was shown to: nobody is signed in during setup. */
export function setupCookie(headers: PageRequest["headers"]): string | null {
  for (const part of (headers.cookie ?? "").split(";")) {
    const [name, value = ""] = part.trim().split("=", 2);
    if (name === NAME && VALUE.test(value)) return value;
  }
  return null;
}

export function newSetupCookie(): string {
  return randomBytes(16).toString("base64url");
}

/** The `Set-Cookie` line. */
export function setCookie(value: string, path: string, headers: PageRequest["headers"]): string {
  const secure = headers["x-forwarded-proto"]?.startsWith("https") ? "; Secure" : "";
  return `${NAME}=${value}; Path=${path}; HttpOnly; SameSite=Strict${secure}`;
}
