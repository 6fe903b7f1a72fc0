import type { HttpAnswer } from "../../../lib/protocol/http.ts";
import { useText } from "../../text/text-context.tsx";
import { cleanGuestText, GuestText } from "../../ui/guest-text.tsx";
import styles from "./preview.module.css";
import { shownAs } from "./sandbox-document.ts";

type Received = Extract<HttpAnswer, { ok: true }>;

/** What the server sent: its status line, its headers, its body. All of it is the guest's, and only shown. */
export function AnswerView({ answer, address }: { readonly answer: HttpAnswer; readonly address: string }) {
  const text = useText();
  if (!answer.ok) {
    return (
      <p role="alert" className={styles.failure}>
        {text.preview.failures[answer.reason](address)}
      </p>
    );
  }
  return (
    <>
      <p className={styles.status} data-kind={answer.status >= 400 ? "error" : undefined}>
        <GuestText text={answer.statusLine} max={120} />
        {answer.truncated && <small>{text.preview.truncated}</small>}
      </p>
      <details className={styles.headers}>
        <summary>{text.preview.headers(answer.headers.length)}</summary>
        <dl>
          {answer.headers.map(([name, value], i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice, the order is the server's and stays.
            <div key={i}>
              <dt>
                <GuestText text={name} />
              </dt>
              <dd>
                <GuestText text={value} max={300} />
              </dd>
            </div>
          ))}
        </dl>
      </details>
      <Body answer={answer} address={address} />
    </>
  );
}

function Body({ answer, address }: { readonly answer: Received; readonly address: string }) {
  const text = useText();
  const shown = shownAs(answer.body, answer.headers);
  if (shown.kind === "bytes") return <p className={styles.note}>{text.preview.bytes(shown.size)}</p>;
  if (shown.kind === "text") {
    return (
      <pre className={styles.text}>
        {shown.text
          .split("\n")
          .map((line) => cleanGuestText(line, 2000))
          .join("\n")}
      </pre>
    );
  }
  return (
    <iframe
      className={styles.page}
      title={text.preview.frame(address)}
      sandbox=""
      referrerPolicy="no-referrer"
      srcDoc={shown.document}
    />
  );
}
