import { useLayoutEffect, useRef } from "preact/hooks";
import { helpText } from "../text/help.ts";
import { text } from "../text/shell.ts";
import { RANGE_KEYS } from "./keys.ts";
import { PAGE_KEYS } from "./page-list.ts";
import { Switch } from "./switch.tsx";

export function HelpDialog(props: {
  onClose: () => void;
  keys: boolean;
  onKeys: (on: boolean) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={props.onClose}>
      <h2 id="help-title">{helpText.title}</h2>
      <div class="help-columns">
        <Group title={helpText.ranges}>
          {RANGE_KEYS.map(([key, kind]) => (
            <Row key={key} keys={[key]} does={text.range[kind]} />
          ))}
          <Row keys={["c"]} does={text.range.custom} />
        </Group>
        <div>
          <Group title={helpText.pages}>
            {PAGE_KEYS.map(([key, page]) => (
              <Row key={key} keys={["g", key]} does={text.page[page]} />
            ))}
          </Group>
          <Group title={helpText.other}>
            <Row keys={["x"]} does={helpText.compare} />
            <Row keys={["/"]} does={helpText.filter} />
            <Row keys={["?"]} does={helpText.help} />
          </Group>
          <Group title={helpText.charts}>
            <Row keys={["←", "→"]} does={helpText.move} />
            <Row keys={["Home", "End"]} does={helpText.ends} />
            <Row keys={["Esc"]} does={helpText.leave} />
          </Group>
        </div>
      </div>
      <div class="help-foot">
        <div>
          <Switch label={helpText.switch} on={props.keys} onChange={props.onKeys} />
          <p class="quiet small">{helpText.switchHint}</p>
        </div>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {helpText.close}
        </button>
      </div>
    </dialog>
  );
}

function Group({ title, children }: { title: string; children: preact.ComponentChildren }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>{children}</dl>
    </section>
  );
}

function Row({ keys, does }: { keys: string[]; does: string }) {
  return (
    <div class="help-row">
      <dt>{does}</dt>
      <dd>
        {keys.map((key) => (
          <kbd key={key}>{key.length === 1 ? key.toUpperCase() : key}</kbd>
        ))}
      </dd>
    </div>
  );
}
