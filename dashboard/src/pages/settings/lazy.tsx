import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Loading, Notice } from "../../shell/notice.tsx";
import { settingsText as words } from "../../text/settings.ts";
import { text } from "../../text/shell.ts";

type Part = ComponentType<{ app: string }>;

/** A section whose code is fetched when it is first opened. */
export function Lazy(props: { load: (() => Promise<{ default: Part }>) | undefined; app: string }) {
  const [part, setPart] = useState<{ Part: Part } | "failed" | null>(null);
  useEffect(() => {
    let wanted = true;
    props.load?.().then(
      (module) => wanted && setPart({ Part: module.default }),
      () => wanted && setPart("failed"),
    );
    return () => {
      wanted = false;
    };
  }, [props.load]);
  if (part === null) return <Loading />;
  if (part === "failed") {
    return <Notice title={text.pageLoad.title(words.sections)} lead={text.pageLoad.lead} />;
  }
  return <part.Part key={props.app} app={props.app} />;
}
