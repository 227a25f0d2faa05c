import { Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useState, useSyncExternalStore } from "react";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/client.ts";
import { AnswerChallenge } from "./confirm/AnswerChallenge.tsx";
import { isAsked, onAsked, settle } from "./confirm/asked.ts";
import { ShowWhoYouAre } from "./confirm/ShowWhoYouAre.tsx";
import { STAYS } from "./confirm/stays.ts";

/** Above every other dialog: one of them may wait for it. */
const ABOVE_ALL = 500;

/**
 * Asks who is there where more is at stake and the sign-in is some time ago. What waits for it goes on by itself;
 * whoever cancels gets the refusal there. What was typed stays either way.
 */
export function ConfirmSignIn() {
  const t = useTranslations("app.confirmSignIn");
  const opened = useSyncExternalStore(onAsked, isAsked);
  const cancel = () => settle(false);
  // A dialog below hears the key too, unless it is pressed in a place that says otherwise: see STAYS.
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.nativeEvent.isComposing) cancel();
  };
  return (
    <Modal
      opened={opened}
      onClose={cancel}
      title={t("title")}
      zIndex={ABOVE_ALL}
      closeOnEscape={false}
      onKeyDown={onKey}
      closeButtonProps={{ "aria-label": t("cancel"), ...STAYS }}
    >
      <Steps />
    </Modal>
  );
}

function Steps() {
  const queries = useQueryClient();
  const [challenge, setChallenge] = useState<Schema<"ChallengeView">>();
  const next = (reply: Schema<"LoginReply">) => {
    if ("challenge" in reply) return setChallenge(reply.challenge);
    settle(true);
    // The session goes on under another id.
    void queries.invalidateQueries({ queryKey: ["get", "/auth/me"] });
    void queries.invalidateQueries({ queryKey: ["own", "sessions"] });
  };
  if (!challenge) return <ShowWhoYouAre onReply={next} />;
  return (
    <AnswerChallenge
      key={challenge.token}
      challenge={challenge}
      onReply={next}
      onAgain={() => setChallenge(undefined)}
    />
  );
}
