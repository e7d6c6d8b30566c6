/** The engine's words without the machine's: a path says where on this host the data lies. */
export function withoutPaths(message: string): string {
  return message.replace(/(?<![\w)\]/])\/(?:[\w.@+~-]+\/)+[\w.@+~-]*/g, "(a path)");
}
