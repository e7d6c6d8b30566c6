import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { settingsText as words } from "../../text/settings.ts";
import { type Change, useChange } from "./change.ts";
import { ErrorLine } from "./form.tsx";

/** A button and the dialog behind it; Escape and `close` give the focus back to the button. */
export function DialogButton(props: {
  id: string;
  label: string;
  /** Where the label alone does not say of what: for who does not see the row. */
  name?: string;
  title: string;
  disabled?: boolean;
  children: (close: () => void) => ComponentChildren;
}) {
  const [open, setOpen] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  return (
    <>
      <button
        type="button"
        class="button"
        aria-haspopup="dialog"
        {...(props.name ? { "aria-label": props.name } : {})}
        disabled={props.disabled ?? false}
        onClick={() => setOpen(true)}
      >
        {props.label}
      </button>
      {open && (
        <dialog
          ref={dialog}
          class="help settings-dialog"
          aria-labelledby={`${props.id}-title`}
          onClose={() => setOpen(false)}
        >
          <h2 id={`${props.id}-title`}>{props.title}</h2>
          {props.children(() => dialog.current?.close())}
        </dialog>
      )}
    </>
  );
}

/** A button for what cannot be taken back: it asks first, in words that say what happens. */
export function ConfirmButton<T>(props: {
  id: string;
  label: string;
  name?: string;
  title: string;
  lead: string;
  /** The button that does it. */
  confirm?: string;
  change: () => Change;
  onDone?: (value: T) => void;
  disabled?: boolean;
  children?: ComponentChildren;
}) {
  const { change, onDone, lead, confirm, children, ...button } = props;
  return (
    <DialogButton {...button}>
      {(close) => (
        <Confirmation<T>
          {...{ change, lead, close, children }}
          confirm={confirm ?? props.label}
          onDone={(value) => {
            close();
            onDone?.(value);
          }}
        />
      )}
    </DialogButton>
  );
}

function Confirmation<T>(props: {
  lead: string;
  confirm: string;
  change: () => Change;
  close: () => void;
  onDone: (value: T) => void;
  children: ComponentChildren;
}) {
  const { busy, error, send } = useChange();
  async function act(): Promise<void> {
    const result = await send<T>(props.change());
    if (result.ok) props.onDone(result.value);
  }
  return (
    <>
      <p>{props.lead}</p>
      {props.children}
      {error && <ErrorLine error={error} />}
      <div class="row">
        <button type="button" class="button danger" disabled={busy} onClick={() => void act()}>
          {busy ? words.saving : props.confirm}
        </button>
        <button type="button" class="button" onClick={props.close}>
          {words.cancel}
        </button>
      </div>
    </>
  );
}
