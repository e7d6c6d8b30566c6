import { refusals, type Table } from "../store/tables.ts";
import type { Section } from "./frame.ts";
import {
  blockBytes,
  encodeBlock,
  markBlock,
  type NativeBlock,
  resetBlock,
  rewindBlock,
} from "./native.ts";
import { createRefusalCounts } from "./refusal-counts.ts";
import type { Batch } from "./types.ts";
import { createEventWriter } from "./writers/events.ts";
import { createExceptionWriter } from "./writers/exceptions.ts";
import { createHeartbeatWriter } from "./writers/heartbeats.ts";
import { createLogWriter } from "./writers/logs.ts";
import { createPointWriters } from "./writers/points.ts";
import { createSpanWriter } from "./writers/spans.ts";

/** What the spool needs of a batch besides appending to it. */
export interface SpoolBatch extends Batch {
  rows(): number;
  bytes(): number;
  /** Native blocks of every table that has rows. They share memory with the batch until `reset`. */
  sections(firstRow: number): Section[];
  reset(): void;
}

export function createBatch(): SpoolBatch {
  const events = createEventWriter();
  const heartbeats = createHeartbeatWriter();
  const spans = createSpanWriter();
  const logs = createLogWriter();
  const exceptions = createExceptionWriter();
  const points = createPointWriters();
  const counts = createRefusalCounts();
  const writers: readonly { table: Table; block: NativeBlock }[] = [
    events,
    heartbeats,
    spans,
    logs,
    exceptions,
    ...points.tables,
  ];

  return {
    mark() {
      for (const { block } of writers) markBlock(block);
    },
    rewind() {
      for (const { block } of writers) rewindBlock(block);
    },
    appendEvent: events.append,
    appendHeartbeat: heartbeats.append,
    appendSpan: spans.append,
    appendLog: logs.append,
    appendException: exceptions.append,
    appendPoint: points.append,
    countRefusal: counts.add,
    rows: () => writers.reduce((sum, { block }) => sum + block.rows, counts.size()),
    bytes: () => writers.reduce((sum, { block }) => sum + blockBytes(block), counts.bytes()),
    sections(firstRow) {
      events.number(firstRow);
      return [...writers, { table: refusals, block: counts.encode() }]
        .filter(({ block }) => block.rows > 0)
        .map(({ table, block }) => ({
          table: table.name,
          rows: block.rows,
          pieces: encodeBlock(block),
        }));
    },
    reset() {
      for (const { block } of writers) resetBlock(block);
      counts.reset();
    },
  };
}
