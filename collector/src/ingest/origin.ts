import {
  type AttributeList,
  createEnforcedResource,
  createEnforcedScope,
  type DecisionTable,
  type Drops,
  type EnforcedResource,
  type EnforcedScope,
  enforceResource,
  enforceScope,
  type Refusal,
} from "@rollcall/schemas";
import type { IncomingScope } from "./otlp/protobuf-values.ts";
import { type Recording, recordDrops } from "./recorder.ts";

/** Where a span or a data point comes from. The turns grow with each resource and scope that is read. */
interface Sent {
  resource: AttributeList;
  resourceTurn: number;
  scope: IncomingScope;
  scopeTurn: number;
}

/** The resource and the scope of the record at hand, each decided about once and not for every record. */
export interface Origin {
  readonly resource: EnforcedResource;
  readonly scope: EnforcedScope;
  /** A request begins: nothing that was decided before holds. */
  begin(recording: Recording, table: DecisionTable): void;
  /** Decides about what is new. @returns why nothing of this resource is kept; null where it may be */
  look(sent: Sent): Refusal | null;
}

/**
 * @param event what the signal's records are counted as, such as "(span)"
 * @param ownIds true where a record may say its install itself, so that its resource need not
 * @example
 * const origin = createOrigin("(span)");
 * origin.begin(recording, table);
 * const refusal = origin.look(span) ?? enforceSpan(table, span, origin.resource, enforced);
 */
export function createOrigin(event: string, ownIds = false): Origin {
  const resource = createEnforcedResource();
  const scope = createEnforcedScope();
  const missing: Refusal = { reason: "install_id_missing", event, field: "install_id" };
  let request: { recording: Recording; table: DecisionTable } | null = null;
  let resourceTurn = -1;
  let scopeTurn = -1;
  let refusal: Refusal | null = null;

  function decide({ recording, table }: NonNullable<typeof request>, sent: Sent): void {
    if (sent.resourceTurn !== resourceTurn) {
      resourceTurn = sent.resourceTurn;
      const { unattributed } = recording.sender;
      enforceResource(table.signal, sent.resource, resource, !unattributed);
      const isNobodys = resource.installId === "" && !resource.malformed;
      refusal = isNobodys && !unattributed ? missing : null;
      countDrops(recording, resource);
    }
    scopeTurn = sent.scopeTurn;
    enforceScope(table.signal, sent.scope, scope);
    countDrops(recording, scope);
  }

  /** Fields are counted of what is accepted. */
  function countDrops({ tally }: Recording, drops: Drops): void {
    if (!ownIds && (refusal !== null || resource.malformed)) return;
    recordDrops(tally, drops, event, resource.appVersion);
  }

  return {
    resource,
    scope,
    begin(recording, table) {
      request = { recording, table };
      resourceTurn = -1;
      scopeTurn = -1;
    },
    look(sent) {
      // Every scope has a turn of its own, so a new resource begins with a new scope.
      if (request !== null && sent.scopeTurn !== scopeTurn) decide(request, sent);
      return refusal;
    },
  };
}
