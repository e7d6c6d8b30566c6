const MAX_REMEMBERED = 2_000;
const MAX_LENGTH = 200;

/**
 * A pure function of two texts with a bounded memory: names repeat in every span, and patterns cost
 * more than a look-up. Whoever makes names up only costs others the shortcut.
 *
 * @param few a text of which there are few, such as a route
 */
export function remember(
  compute: (text: string, few: string) => string,
): (text: string, few: string) => string {
  let size = 0;
  const known = new Map<string, Map<string, string>>();
  return (text, few) => {
    const found = known.get(few)?.get(text);
    if (found !== undefined) return found;
    const computed = compute(text, few);
    if (text.length > MAX_LENGTH || few.length > MAX_LENGTH) return computed;
    if (size++ >= MAX_REMEMBERED) {
      known.clear();
      size = 1;
    }
    const texts = known.get(few) ?? new Map<string, string>();
    known.set(few, texts.set(text, computed));
    return computed;
  };
}
