import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { text } from "../text/shell.ts";

/**
 * A button with a panel below it; on a phone the panel is a sheet at the bottom. Escape and a press
 * outside close it, and the focus goes back to the button.
 */
export function Popover(props: {
  id: string;
  label: string;
  face: ComponentChildren;
  open: boolean;
  onOpen: (open: boolean) => void;
  align?: "start" | "end";
  buttonClass?: string;
  children: ComponentChildren;
}) {
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useLayoutEffect(() => {
    if (!props.open) return;
    const panel = root.current?.querySelector<HTMLElement>(".panel");
    const first =
      panel?.querySelector<HTMLElement>("[data-autofocus]") ??
      panel?.querySelector<HTMLElement>("button:not(.sheet-close), input");
    first?.focus();
    const outside = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) props.onOpen(false);
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [props.open]);

  function close(): void {
    props.onOpen(false);
    button.current?.focus();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from anywhere inside
    <div
      class="popover"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !props.open) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={button}
        type="button"
        class={props.buttonClass ?? "button"}
        aria-haspopup="dialog"
        aria-expanded={props.open}
        aria-controls={props.open ? props.id : undefined}
        onClick={() => props.onOpen(!props.open)}
      >
        {props.face}
      </button>
      {props.open && (
        <>
          <div class="backdrop" aria-hidden="true" onClick={close} />
          <div
            id={props.id}
            class={`panel ${props.align === "end" ? "panel-end" : ""}`}
            role="dialog"
            aria-label={props.label}
          >
            {props.children}
            <button type="button" class="button sheet-close" onClick={close}>
              {text.filter.close}
            </button>
          </div>
        </>
      )}
    </div>
  );
}
