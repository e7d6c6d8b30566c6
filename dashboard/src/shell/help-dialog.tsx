import { useEffect, useRef } from "preact/hooks";
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
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={props.onClose}>
      <h2 id="help-title">{text.help.title}</h2>
      <div class="help-columns">
        <Group title={text.help.ranges}>
          {RANGE_KEYS.map(([key, kind]) => (
            <Row key={key} keys={[key]} does={text.range[kind]} />
          ))}
          <Row keys={["c"]} does={text.range.custom} />
        </Group>
        <div>
          <Group title={text.help.pages}>
            {PAGE_KEYS.map(([key, page]) => (
              <Row key={key} keys={["g", key]} does={text.page[page]} />
            ))}
          </Group>
          <Group title={text.help.other}>
            <Row keys={["x"]} does={text.help.compare} />
            <Row keys={["/"]} does={text.help.filter} />
            <Row keys={["?"]} does={text.help.help} />
          </Group>
          <Group title={text.help.charts}>
            <Row keys={["←", "→"]} does={text.help.move} />
            <Row keys={["Home", "End"]} does={text.help.ends} />
            <Row keys={["Esc"]} does={text.help.leave} />
          </Group>
        </div>
      </div>
      <div class="help-foot">
        <div>
          <Switch label={text.help.switch} on={props.keys} onChange={props.onKeys} />
          <p class="quiet small">{text.help.switchHint}</p>
        </div>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {text.help.close}
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
