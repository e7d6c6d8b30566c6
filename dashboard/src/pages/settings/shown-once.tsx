import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { settingsText as words } from "../../text/settings.ts";

/** A secret that has just been made: the only time it is on a screen. */
export function ShownOnce(props: { label: string; value: string; onDone: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const [copied, setCopied] = useState(false);
  useLayoutEffect(() => box.current?.focus(), [props.value]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section would be a landmark for a moment
    <div ref={box} class="shown-once" role="group" aria-label={props.label} tabIndex={-1}>
      <p>
        <strong>{props.label}.</strong> {words.once.title}.
      </p>
      <code class="mono">{props.value}</code>
      <div class="row">
        {navigator.clipboard && (
          <button
            type="button"
            class="button"
            onClick={() =>
              void navigator.clipboard.writeText(props.value).then(() => setCopied(true))
            }
          >
            {copied ? words.once.copied : words.once.copy}
          </button>
        )}
        <button type="button" class="button" onClick={props.onDone}>
          {words.once.done}
        </button>
        <span class="visually-hidden" role="status">
          {copied ? words.once.copied : ""}
        </span>
      </div>
    </div>
  );
}
