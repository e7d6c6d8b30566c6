import { createConsoleLogger } from "../log.ts";
import { createJournal } from "./journal.ts";

/**
 * Another process of the app: writes numbered batches and events until it has all, or is ended.
 * Arguments: directory, name, how many, bytes of a file, ms by which its clock is ahead.
 * Prints the number of each batch that it was told is in the file.
 */
const [directory = "", name = "", count = "0", maxFileBytes = "1000000", ahead = "0"] =
  process.argv.slice(2);
const journal = createJournal({
  directory,
  log: createConsoleLogger(),
  maxFileBytes: Number(maxFileBytes),
  now: () => Date.now() + Number(ahead),
});

for (let n = 0; n < Number(count); n++) {
  journal.event("written", { by: name, n });
  const item = {
    signal: "event",
    name: "sent",
    time: Date.now(),
    content: { by: name, n },
  } as const;
  if (await journal.sending("maintainer", `${name}-${n}`, [item])) process.stdout.write(`${n}\n`);
  // A pause now and then, so that the processes take turns.
  if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
}
await journal.close();
