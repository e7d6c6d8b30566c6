import type { RollcallState } from "../api.ts";
import { Facts } from "./parts/facts.tsx";
import { Form } from "./parts/form.tsx";
import { smallPage } from "./small-page.tsx";
import { text } from "./text.ts";
import type { PageReply } from "./types.ts";

interface Confirm {
  state: RollcallState;
  path: string;
  csrf: string;
}

/** Asks before the identity is replaced. */
export function rotatePage(confirm: Confirm): PageReply {
  const { rotateTitle, rotateDoes, rotate } = text.confirm;
  return question(confirm, "rotate", rotateTitle, rotateDoes, "", rotate);
}

/** Asks before everything is erased, and says exactly what will happen. */
export function erasePage(confirm: Confirm): PageReply {
  const { eraseTitle, eraseDoes, eraseNot, erase } = text.confirm;
  const sinks = confirm.state.sinks.map(({ destination }) => destination).join(" and ");
  return question(confirm, "erase", eraseTitle, eraseDoes(sinks), eraseNot, erase);
}

function question(
  { state, path, csrf }: Confirm,
  to: string,
  title: string,
  does: readonly string[],
  not: string,
  yes: string,
): PageReply {
  return smallPage({
    title,
    children: (
      <>
        {state.identity === null ? null : (
          <Facts of={[[text.confirm.id, <code key="id">{state.identity.installId}</code>]]} />
        )}
        <ol class="steps">
          {does.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
        {not === "" ? null : <p class="intro">{not}</p>}
        <Form model={{ path, csrf }} to={to} kind="toggle">
          <input type="hidden" name="confirm" value="yes" />
          <a class="button" href={path}>
            {text.confirm.cancel}
          </a>
          <button type="submit" class="button danger">
            {yes}
          </button>
        </Form>
      </>
    ),
  });
}
