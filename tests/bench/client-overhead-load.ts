import { connect, type Socket } from "node:net";

/**
 * The people who use the example app: each starts a timer, stops it and looks at the projects, again
 * and again, over one kept connection with one request in flight. Every request tracks one event. On
 * bare sockets, so that it takes as little of the two cores as it can; told what to do over IPC, ends
 * with its parent.
 */
export interface UsageTask {
  port: number;
  people: Person[];
  /** How often each goes through the five requests. */
  rounds: number;
}

export interface Person {
  /** `name=value`. */
  cookie: string;
  /** Goes into each form. */
  csrf: string;
  projectId: string;
}

export interface UsageResult {
  /** From the first byte sent to the last received, for each request. */
  milliseconds: number[];
  seconds: number;
}

/** Requests in a round: start, timer page, stop, timer page, projects page. */
export const ROUND_REQUESTS = 5;

process.on("message", async ({ port, people, rounds }: UsageTask) => {
  const began = performance.now();
  const lanes = await Promise.all(people.map((person) => use(port, person, rounds)));
  const seconds = (performance.now() - began) / 1_000;
  const result: UsageResult = { milliseconds: lanes.flat(), seconds };
  process.send?.(result);
});
process.once("disconnect", () => process.exit(0));

async function use(port: number, person: Person, rounds: number): Promise<number[]> {
  const socket = connect(port, "127.0.0.1").setNoDelay(true).setEncoding("latin1");
  const milliseconds: number[] = [];
  const ask = async (request: string, status: number): Promise<string> => {
    const began = performance.now();
    const reply = await exchange(socket, request);
    milliseconds.push(performance.now() - began);
    if (!reply.startsWith(`HTTP/1.1 ${status} `)) throw new Error(reply.slice(0, 200));
    return reply;
  };
  const get = (path: string) => ask(`GET ${path} HTTP/1.1\r\n${head(person)}\r\n`, 200);
  const post = (path: string, form: Record<string, string>) => {
    const body = String(new URLSearchParams({ csrf: person.csrf, ...form }));
    const more = `content-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}`;
    return ask(`POST ${path} HTTP/1.1\r\n${head(person)}${more}\r\n\r\n${body}`, 303);
  };
  for (let round = 0; round < rounds; round += 1) {
    await post("/timer/start", { project_id: person.projectId, description: "Review" });
    const page = await get("/timer");
    await post(/\/timer\/\d+\/stop/.exec(page)?.[0] ?? "/no-timer-runs", {});
    await get("/timer");
    await get("/projects");
  }
  socket.destroy();
  return milliseconds;
}

const head = ({ cookie }: Person) => `host: 127.0.0.1\r\ncookie: ${cookie}\r\n`;

function exchange(socket: Socket, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const settle = (error?: Error) => {
      socket.off("data", read).off("error", settle).off("close", onClose);
      error === undefined ? resolve(received) : reject(error);
    };
    const read = (text: string) => {
      received += text;
      if (isWhole(received)) settle();
    };
    const onClose = () => settle(new Error("the app closed the connection"));
    socket.on("data", read).on("error", settle).on("close", onClose);
    socket.write(request, "latin1");
  });
}

function isWhole(text: string): boolean {
  const headersEnd = text.indexOf("\r\n\r\n");
  if (headersEnd < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, headersEnd))?.[1];
  return text.length >= headersEnd + 4 + Number(length ?? 0);
}
