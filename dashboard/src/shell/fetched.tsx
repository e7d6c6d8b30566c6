import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { text } from "../text/shell.ts";
import { Loading, Notice } from "./notice.tsx";

/**
 * A component whose code is fetched when it is first shown.
 * @param load to be defined outside of components: another function would fetch again
 * @param meanwhile stands in until the code is there
 * @example const Help = fetched(() => import("./help-dialog.tsx").then((part) => part.HelpDialog));
 */
export function fetched<P extends object>(
  load: () => Promise<ComponentType<P>>,
  meanwhile: ComponentChildren = <Loading />,
) {
  let arrived: ComponentType<P> | null = null;
  return function Fetched(props: P) {
    const [state, setState] = useState<"waiting" | "there" | "failed">(
      arrived ? "there" : "waiting",
    );
    useEffect(() => {
      if (arrived) return;
      load().then(
        (part) => {
          arrived = part;
          setState("there");
        },
        () => setState("failed"),
      );
    }, []);
    if (arrived) {
      const Part = arrived;
      return <Part {...props} />;
    }
    if (state === "waiting") return meanwhile;
    return <Notice title={text.error.title} lead={text.pageLoad.lead} />;
  };
}
