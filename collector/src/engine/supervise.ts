export interface EngineOptions {
  /** chDB's directory; made when absent. */
  directory: string;
  /** Ceiling on what queries may hold in memory. */
  memoryBytes: number;
  log: EngineLog;
  /** How long to wait for another process to give the directory up. */
  lockWaitMs: number;
  /** Called after each restart, when the engine answers again. */
  onRestart?: () => void;
}

/** The part of a pino logger that is used. */
export interface EngineLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type EngineState = "starting" | "ready" | "restarting" | "stopped";

/** The embedded ClickHouse in its child process. Address and passwords change with each restart. */
export interface Engine {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** The identity whose statements only read. */
  readonly readerUsername: string;
  readonly readerPassword: string;
  state(): EngineState;
  /** Resident memory of the child, or null while there is none. */
  rssBytes(): number | null;
  pid(): number | null;
  /** Lets running statements finish (up to a deadline), then ends the child. */
  stop(): Promise<void>;
}

export declare function superviseEngine(options: EngineOptions): Promise<Engine>;
