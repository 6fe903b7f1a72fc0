import type { LessonStep } from "../../lib/lessons/lesson.ts";
import type { StepText } from "../../lib/lessons/lesson-text.ts";
import type { MachineState } from "../../lib/stores/machine-store.ts";
import { Icon } from "../ui/icons.tsx";
import { useMachine, useSession } from "../workbench/session-context.tsx";
import styles from "./lesson-card.module.css";
import type { LessonCardText } from "./text.ts";

interface StepProps {
  readonly step: LessonStep;
  readonly text: StepText | undefined;
  readonly words: LessonCardText;
  readonly shown: boolean;
  readonly passed: boolean;
}

const selectReady = ({ boot }: MachineState) => boot.state === "ready";

/** A line too long for its place breaks between words only: "-" and "-fork" on two lines would not be "--fork". */
function Words({ line }: { readonly line: string }) {
  return line.split(" ").flatMap((word, index) => [
    index > 0 ? " " : "",
    // biome-ignore lint/suspicious/noArrayIndexKey: the words of a line never move.
    <span key={index} className={styles.word}>
      {word}
    </span>,
  ]);
}

export function LessonStepView({ step, text, words, shown, passed }: StepProps) {
  const { type, dock } = useSession();
  const ready = useMachine(selectReady);
  if (!text) return null;
  const { terminal, line } = step.command;
  return (
    <div className={styles.step} data-shown={shown || undefined} inert={!shown} data-step={step.id}>
      <h2>
        {text.title}
        {passed && <span className={styles.tick} aria-hidden="true" />}
      </h2>
      <div className={styles.body}>{text.body}</div>
      <div className={styles.command}>
        <code>
          <span aria-hidden="true">$ </span>
          <Words line={line} />
        </code>
        {terminal === "hvc2" && <span className={styles.where}>{words.second}</span>}
        <button
          type="button"
          disabled={!ready}
          title={words.typeInto[terminal]}
          onClick={() => {
            dock.setState({ active: terminal });
            type(terminal, `${line}\r`);
          }}
        >
          {words.type}
          <Icon name="enter" size={13} />
        </button>
      </div>
      <details className={styles.hint}>
        <summary>{words.hint}</summary>
        <div>{text.hint}</div>
      </details>
    </div>
  );
}
