/** How a command ended: 0 done, 1 something was found wrong, 2 the command itself is wrong. */
export interface Outcome {
  code: 0 | 1 | 2;
  lines: string[];
}
