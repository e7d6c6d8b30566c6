import type { User } from "../store/users.ts";
import { type Html, html } from "./html.ts";
import { form, layout, plainPage, type Screen } from "./layout.ts";
import { field, problem, select, table } from "./parts.ts";

const NAME = html`required maxlength="80" autocomplete="username"`;
const PASSWORD = html`type="password" required maxlength="200" autocomplete="current-password"`;
const NEW_PASSWORD = html`type="password" required minlength="8" maxlength="200" autocomplete="new-password"`;

export function loginPage(canRegister: boolean, fault?: string): Html {
  return plainPage(
    "Sign in",
    html`${problem(fault)}
    <form method="post" action="/login" class="card stack">
      ${field("Name", "name", NAME)}
      ${field("Password", "password", PASSWORD)}
      <button>Sign in</button>
    </form>
    ${canRegister && html`<p><a href="/register">Make an account</a></p>`}`,
  );
}

export function registerPage(fault?: string): Html {
  return plainPage(
    "Make an account",
    html`${problem(fault)}
    <form method="post" action="/register" class="card stack">
      ${field("Name", "name", NAME)}
      ${field("Password, at least 8 characters", "password", NEW_PASSWORD)}
      <button>Make the account</button>
    </form>
    <p><a href="/login">Sign in instead</a></p>`,
  );
}

export function usersPage(screen: Screen, users: User[], fault?: string): Html {
  const roles = [
    { value: "user", label: "User" },
    { value: "admin", label: "Administrator" },
  ];
  return layout(
    screen,
    "Users",
    html`${problem(fault)}
    <section class="card">
      <h2>New user</h2>
      ${form(
        screen,
        "/admin/users",
        html`<div class="fields">
          ${field("Name", "name", html`required maxlength="80" autocomplete="off"`)}
          ${field("Password, at least 8 characters", "password", NEW_PASSWORD)}
          ${select("Role", "role", roles)}
          <button>Create the user</button>
        </div>`,
      )}
    </section>
    ${table(
      "Users",
      [{ title: "Name" }, { title: "Role" }, { title: "Since" }],
      users.map(({ name, role, created_at }) => [name, role, screen.format.day(created_at)]),
      "Nobody yet.",
    )}`,
  );
}
