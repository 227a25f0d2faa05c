import { Button, Card, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { ConfirmByName } from "~/common/ConfirmByName.tsx";
import { CardHead } from "./CardHead.tsx";
import type { useEnding } from "./ending.ts";

interface Props {
  title: string;
  lead: string;
  /** What the button says: the deed. */
  button: string;
  /** What has to be typed before it is done. */
  name: string;
  end: ReturnType<typeof useEnding>;
  /** What goes, and what stays. */
  children: ReactNode;
}

/** The end of a thing that has a page: a card with a button that asks for its name first. */
export function EndingCard({ title, lead, button, name, end, children }: Props) {
  const [asking, ask] = useDisclosure(false);
  // A refusal belongs to the question that it answered.
  const close = () => {
    end.reset();
    ask.close();
  };
  return (
    <Card withBorder>
      <Group justify="space-between">
        <CardHead title={title} lead={lead} />
        <Button variant="light" color="red" onClick={ask.open}>
          {button}
        </Button>
      </Group>
      {asking && (
        <ConfirmByName
          title={title}
          name={name}
          confirm={button}
          error={end.error}
          busy={end.isPending}
          onConfirm={() => end.mutate()}
          onClose={close}
        >
          {children}
        </ConfirmByName>
      )}
    </Card>
  );
}
