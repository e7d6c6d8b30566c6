/** Every word of the sign-in page. */
export const signInText = {
  title: "Sign in to Rollcall",
  with: "Sign in with",
  by: { token: "Admin token", name: "Name and password" },
  field: "Admin token",
  name: "Name",
  password: "Password",
  nameHint: "Your administrator made the account. An admin token opens everything.",
  hint: "The collector prints a sign-in link when it first starts. The token is ROLLCALL_ADMIN_TOKEN, or else adminToken in secrets.json of the data directory.",
  button: "Sign in",
  busy: "Signing in…",
  wrong: "That is not the admin token. Check for a missing character at either end.",
  wrongPassword: "There is no user with this name and password.",
  emptyName: "Enter your name and password.",
  empty: "Enter the admin token.",
} as const;
