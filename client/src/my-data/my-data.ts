import type { ErasureReceipt, ErasureResult, MyData, MyDataExport } from "../api.ts";
import type { Destination, SinkName } from "../delivery/types.ts";
import { sign } from "../installation/keys.ts";
import type { Journal } from "../journal/types.ts";
import { fetchMyData, requestErasure } from "./request.ts";

/** What a person asks for about this install. It works while telemetry is off. */
export interface MyDataAccess {
  /** From every destination; a problem of one is the problem of all. */
  export(): Promise<MyDataExport>;
  /** At every destination. Only when all have answered is the erasure done. */
  erase(): Promise<ErasureResult>;
}

export interface MyDataAccessInput {
  destinations: readonly Destination[];
  identity: () => { installId: string; privateKey: string } | null;
  journal: Journal;
  beforeSending: (sink: SinkName) => void;
}

const NO_IDENTITY = "This install has no identity, so there is nothing under its name.";
const NO_DESTINATION = "No collector is configured, so there is nobody to ask.";

export function createMyData(input: MyDataAccessInput): MyDataAccess {
  const { destinations, identity, journal, beforeSending } = input;

  function requestTo(destination: Destination) {
    const own = identity();
    if (own === null) return null;
    return {
      destination,
      installId: own.installId,
      sign: (message: string) => sign(own.privateKey, message),
      journal,
      beforeSending,
    };
  }

  return {
    async export() {
      if (destinations.length === 0) return { ok: false, problem: NO_DESTINATION };
      const data: MyData[] = [];
      for (const destination of destinations) {
        const request = requestTo(destination);
        if (request === null) return { ok: false, problem: NO_IDENTITY };
        const answer = await fetchMyData(request);
        if (!answer.ok) return { ok: false, problem: answer.problem };
        data.push({ sink: destination.name, ...answer.data });
      }
      return { ok: true, data };
    },
    async erase() {
      if (destinations.length === 0) return { ok: false, problem: NO_DESTINATION };
      const receipts: ErasureReceipt[] = [];
      for (const destination of destinations) {
        const request = requestTo(destination);
        if (request === null) return { ok: false, problem: NO_IDENTITY };
        const answer = await requestErasure(request);
        if (!answer.ok) return { ok: false, problem: answer.problem };
        receipts.push(answer.receipt);
      }
      return { ok: true, receipts };
    },
  };
}
