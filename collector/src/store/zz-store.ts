import { createRequire } from "node:module"; import { writeFileSync, rmSync } from "node:fs";
import { ClickHouseError, type Store } from "./client.ts";
const { Session } = createRequire("/work/main/package.json")("chdb");
export function fakeStore(dir: string): Store & { raw(sql:string): any[]; log: [number,string][] } {
  const s = new Session(dir); let n=0; const log:[number,string][]=[];
  const set=(o:any)=>{const e=Object.entries(o?.settings??{}); return e.length? " SETTINGS "+e.map(([k,v])=>`${k}=${typeof v==="string"?`'${v}'`:v}`).join(", "):""};
  const fill=(sql:string,p:any={})=>sql.replace(/\{(\w+):(\w+)\}/g,(_,k,t)=> t==="UUID"?`toUUID('${p[k]}')`: t==="String"?`'${p[k]}'`:`CAST(${p[k]},'${t}')`);
  const wrap=(e:any)=>{ const m=/Code: (\d+)/.exec(String(e.message)); return m? new ClickHouseError({message:String(e.message).slice(0,400),code:m[1]!,type:"X"} as any): e; };
  const st:any = {
    log,
    async command(sql:string,o:any={}){ const t=performance.now(); try { await s.queryAsync(fill(sql,o.params)+set(o)); } catch(e){ throw wrap(e);} finally { log.push([performance.now()-t, sql.slice(0,50)]);} },
    async query(sql:string,p:any){ const t=performance.now(); try { const r=await s.queryAsync(fill(sql,p)+" SETTINGS output_format_json_quote_64bit_integers=0",{format:"JSONEachRow"}); return r.text().split("\n").filter(Boolean).map((l:string)=>JSON.parse(l)); } catch(e){ throw wrap(e);} finally { log.push([performance.now()-t, sql.slice(0,50)]);} },
    async insertNative(sql:string, body:any){ const t=performance.now(); const bufs:Buffer[]=[]; if(Buffer.isBuffer(body)) bufs.push(body); else for await (const b of body) bufs.push(b); const f=`${dir}-${n++}.native`; writeFileSync(f,Buffer.concat(bufs)); try { await s.queryAsync(sql.replace(/FROM input\('(.*)'\) FORMAT Native/, (_,x)=>`FROM file('${f}','Native','${x}')`)); return {ok:true}; } catch(e:any){ const m=/Code: (\d+)/.exec(String(e.message)); return {ok:false,kind:"refused",code:Number(m?.[1]),message:String(e.message)} } finally { rmSync(f); log.push([performance.now()-t, sql.slice(0,50)]);} },
    async ping(){return true}, async kill(){}, async close(){ s.close(); },
  }; st.reader=st; return st;
}
