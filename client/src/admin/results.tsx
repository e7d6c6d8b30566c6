import type { ErasureReceipt, SinkTest } from "../api.ts";
import { Facts } from "./parts/facts.tsx";
import { Json } from "./parts/json.tsx";
import { smallPage } from "./small-page.tsx";
import { text } from "./text.ts";
import type { PageReply } from "./types.ts";

/** The receipts of an erasure. Answered at once and kept nowhere: the install has no memory left. */
export function receiptPage(receipts: readonly ErasureReceipt[], path: string): PageReply {
  const words = text.erased;
  return smallPage({
    title: words.title,
    children: (
      <>
        <p class="note done">{words.intro}</p>
        {receipts.length === 0 ? <p>{words.none}</p> : null}
        {receipts.map((receipt) => (
          <Receipt key={receipt.sink} receipt={receipt} />
        ))}
        <Back to={path} />
      </>
    ),
  });
}

function Receipt({ receipt }: { receipt: ErasureReceipt }) {
  const words = text.erased;
  const rows = Object.entries(receipt.rows).filter(([, count]) => count > 0);
  return (
    <>
      <h2>{words.sink(words.names[receipt.sink])}</h2>
      <Facts
        of={[
          [words.installId, <code key="id">{receipt.install_id}</code>],
          [words.at, receipt.erased_at],
          [
            words.rows,
            rows.length === 0
              ? words.noRows
              : rows.map(([table, count]) => `${table}: ${count}`).join(", "),
          ],
          [
            words.remains,
            <ul key="remains" class="plain">
              {receipt.remains.map((remain) => (
                <li key={remain}>{remain}</li>
              ))}
            </ul>,
          ],
        ]}
      />
      <Json of={receipt} label={words.json} />
    </>
  );
}

/** What a collector said to a test. */
export function testPage(test: SinkTest, path: string): PageReply {
  const words = text.test;
  return smallPage({
    title: words.title,
    children: (
      <>
        <p class={test.ok ? "note done" : "note error"}>{test.ok ? words.ok : words.failed}</p>
        <Facts
          of={[
            [words.answer, test.result],
            [words.preview, test.preview === "" ? "" : <pre key="preview">{test.preview}</pre>],
          ]}
        />
        <Back to={path} />
      </>
    ),
  });
}

/** Something that could not be done, in words. */
export function problemPage(problem: {
  status: number;
  title: string;
  says: string;
  detail?: string;
  path?: string;
}): PageReply {
  return smallPage({
    status: problem.status,
    title: problem.title,
    children: (
      <>
        <p class="note error">{problem.says}</p>
        {problem.detail ? <p>{problem.detail}</p> : null}
        {problem.path === undefined ? null : <Back to={problem.path} />}
      </>
    ),
  });
}

function Back({ to }: { to: string }) {
  return (
    <p class="toggle">
      <a class="button" href={to}>
        {text.erased.back}
      </a>
    </p>
  );
}
