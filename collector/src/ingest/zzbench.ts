import { compileTable, createEnforcedRecord, enforce } from "@rollcall/schemas";
import { createBatch } from "../spool/batch.ts";
import { createJsonDecoder } from "./decode-json.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { createIncomingLog } from "./incoming-log.ts";
import { createRecorder } from "./record.ts";
import { bytesField, fixed64Field, logsRequest, message, pair, text, varintField } from "./wire-writer.fixture.ts";
import { randomUUID } from "node:crypto";

const N = 1000;
const install = randomUUID();
const now = Date.now();
const recs: Buffer[][] = [];
const jrecs: object[] = [];
for (let i = 0; i < N; i++) {
  const uid = randomUUID();
  const f: [string, string|number|boolean][] = [["install_id", install],["identity", String(1 + i % 20)],["app_version","5.10.0"],["project_id", i % 50],["task_id", 1000 + i],["billable", i%2===0],["telemetry_fingerprint","a".repeat(64)],["log.record.uid", uid]];
  recs.push([fixed64Field(1, BigInt(now)*1000000n), bytesField(12, "timer.started"), ...f.map(([k,v]) => pair(6,k, typeof v==="string"?text(v):typeof v==="boolean"?varintField(2,v?1:0):varintField(3,v)))]);
  jrecs.push({timeUnixNano: `${now}000000`, eventName:"timer.started", attributes: f.map(([k,v])=>({key:k,value: typeof v==="string"?{stringValue:v}:typeof v==="boolean"?{boolValue:v}:{intValue:String(v)}}))});
}
const body = logsRequest([pair(1,"service.name",text("timetracker"))], ...recs);
const json = Buffer.from(JSON.stringify({resourceLogs:[{scopeLogs:[{logRecords:jrecs}]}]}));
const jsonLong = Buffer.from(json.toString().replace(/"timeUnixNano":"(\d+)"/g,'"timeUnixNano":$1'));
console.log("bytes/record protobuf", body.length/N, "json", json.length/N);
const d = createProtobufDecoder(), j = createJsonDecoder(), log = createIncomingLog(), out = createEnforcedRecord();
const described = { description: "x", reason: "x", owner: "x" };
const table = compileTable("timetracker", { app: "timetracker", version: 1, events: [{...described, name:"timer.started", since:"1.0.0", properties:{project_id:{type:"id",description:"x"},task_id:{type:"id",description:"x"},billable:{type:"boolean",description:"x"}}}]} as never);
let sink = 0;
function bench(name: string, run: () => void) {
  for (let i=0;i<50;i++) run();
  const rounds = 6; let best = 0;
  for (let r=0;r<rounds;r++){ const t=process.cpuUsage(); const t0=performance.now(); let n=0; while(performance.now()-t0<500){run();n+=N} const u=process.cpuUsage(t); best=Math.max(best, n/((u.user+u.system)/1e6)); }
  console.log(name.padEnd(40), Math.round(best).toLocaleString(), "records/cpu-s");
}
bench("protobuf decode", () => { d(body, log, (l) => { sink += l.attributes.length }) });
bench("protobuf decode + enforce", () => { d(body, log, (l) => { if (enforce(table, l, out)!==null) throw new Error("x"); sink += out.properties }) });
const batch = createBatch();
const spool = { open: () => batch, commit: async () => "committed" as const, state: () => ({bytes:0,segments:0,oldestAgeSeconds:0,accepting:true,reason:""}), drain: async()=>{} };
const rec = createRecorder({ spool, tables: () => table, userHashKey: Buffer.alloc(32,7), now: Date.now });
let k = 0;
bench("protobuf full recorder (decode..append)", () => { const r = rec(body, "protobuf", {app:"timetracker",backfill:false}); if ("fault" in r) throw new Error(r.fault); if (++k%20===0) { batch.sections(0); batch.reset(); } });
bench("json decode", () => { j(json, log, (l) => { sink += l.attributes.length }) });
bench("json decode, bare 64-bit times", () => { j(jsonLong, log, (l) => { sink += l.attributes.length }) });
bench("json full recorder", () => { const r = rec(json, "json", {app:"timetracker",backfill:false}); if ("fault" in r) throw new Error(r.fault); if (++k%20===0) { batch.sections(0); batch.reset(); } });
{ const big = Buffer.from(`{"a":[${"1234567890123456789,".repeat(1_000_000)}1]}`); const t=performance.now(); j(big, log, ()=>{}); console.log("20MB of long literals ms", performance.now()-t); }
{ const big = Buffer.from(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${"{},".repeat(99_999)}{}]}]}]}`); const t=performance.now(); rec(big, "json", {app:"timetracker",backfill:false}); console.log("100k empty records ms", performance.now()-t, big.length); }
{ const big = Buffer.from(`{"a":[${"[],".repeat(6_500_000)}1]}`); const t=performance.now(); j(big, log, ()=>{}); console.log("20MB of [] ms", performance.now()-t); }
{ const big = Buffer.from(`{"a":[1234567890123456789,${"{},".repeat(6_500_000)}1]}`); const t=performance.now(); j(big, log, ()=>{}); console.log("20MB of {} with reviver ms", performance.now()-t); }
