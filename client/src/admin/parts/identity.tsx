import type { RollcallState } from "../../api.ts";
import { when } from "../format.ts";
import type { PageModel } from "../model.ts";
import { text } from "../text.ts";
import { Card } from "./card.tsx";
import { Facts } from "./facts.tsx";

/** Who this install is to a collector, and how to become another. */
export function IdentityPart({ model }: { model: PageModel }) {
  const { identity: words } = text;
  const { identity } = model.state;
  const setup = setupWords(model.state, model.now);
  if (identity === null) {
    return (
      <Card id="identity" title={words.title}>
        <p>{words.none}</p>
        <Facts of={[[words.setup, setup]]} />
      </Card>
    );
  }
  return (
    <Card id="identity" title={words.title} intro={words.intro}>
      <Facts
        of={[
          [words.installId, <Id key="id" value={identity.installId} note={words.installIdNote} />],
          [
            words.fingerprint,
            <Id key="f" value={identity.fingerprint} note={words.fingerprintNote} />,
          ],
          [words.salt, <Id key="salt" value={identity.saltMasked} note={words.saltNote} plain />],
          [words.key, <Id key="key" value={identity.installKey} note={words.keyNote} />],
          [words.firstSeen, when(identity.firstSeenAt, model.now)],
          [words.setup, setup],
        ]}
      />
      <a class="button" href={`${model.path}/rotate`}>
        {words.rotate}
      </a>
    </Card>
  );
}

function setupWords({ setup }: RollcallState, now: number): string {
  const { identity } = text;
  if (!setup.complete) return identity.setupOpen;
  return setup.completedAt === null
    ? identity.setupDone
    : identity.setupDoneAt(when(setup.completedAt, now));
}

/** The copy button shows itself where the script runs. */
function Id({ value, note, plain = false }: { value: string; note: string; plain?: boolean }) {
  return (
    <>
      <span class="id">
        <code>{value}</code>
        {plain ? null : (
          <button type="button" class="button small" data-copy={value} hidden>
            {text.identity.copy}
          </button>
        )}
      </span>
      <span class="says">{note}</span>
    </>
  );
}
