import { functionInStack, isClassName, sourcePath } from "@rollcall/schemas";
import { fieldsOf, listOf, textOf, wholeNumber } from "./untrusted.ts";

const MAX_FRAMES = 100;
const MAX_CAUSES = 5;
const MECHANISM = /^[a-z][a-z_]{0,39}(?:\.[a-z][a-z0-9_]{0,39}){0,5}$/;

/** An event's errors: class, how they were caught, and frames. The message (`value`) is left out. */
export function scrubExceptions(event: Readonly<Record<string, unknown>>): object[] {
  return listOf(fieldsOf(event.exception).values)
    .slice(-MAX_CAUSES)
    .map((found) => {
      const exception = fieldsOf(found);
      const type = textOf(exception.type);
      const frames = scrubFrames(exception.stacktrace);
      return {
        type: isClassName(type) ? type : "Error",
        mechanism: scrubMechanism(exception.mechanism),
        ...(frames.length === 0 ? {} : { stacktrace: { frames } }),
      };
    });
}

function scrubMechanism(found: unknown): object {
  const mechanism = fieldsOf(found);
  const type = textOf(mechanism.type);
  return {
    type: type.length <= 80 && MECHANISM.test(type) ? type : "generic",
    handled: mechanism.handled !== false,
    ...(mechanism.synthetic === true ? { synthetic: true } : {}),
  };
}

function scrubFrames(stacktrace: unknown): object[] {
  return listOf(fieldsOf(stacktrace).frames)
    .slice(-MAX_FRAMES)
    .map((found) => {
      const frame = fieldsOf(found);
      const filename = sourcePath(textOf(frame.filename) || textOf(frame.abs_path));
      return {
        function: functionInStack(textOf(frame.function) || "<anonymous>"),
        // The SDK's own is relative to where the app was started, which may be a person's directory.
        module: filename.replace(/\.[a-z]+$/, ""),
        filename,
        ...wholeNumber("lineno", frame.lineno),
        ...wholeNumber("colno", frame.colno),
        in_app: frame.in_app === true,
      };
    });
}
