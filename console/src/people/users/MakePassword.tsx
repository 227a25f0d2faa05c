import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Secret } from "~/common/Secret.tsx";

/** Letters and digits that nobody takes for another: 54 of them, so 20 are 115 bits. */
const SIGNS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 20;

/** Makes a good password, and shows it to be handed over. */
export function MakePassword({ onMade }: { onMade(password: string): void }) {
  const t = useTranslations("people.password");
  const [made, setMade] = useState<string>();
  const make = () => {
    const password = random();
    setMade(password);
    onMade(password);
  };
  if (made) return <Secret secret={made} lead={t("made")} />;
  return (
    <Group>
      <Button size="xs" variant="default" onClick={make}>
        {t("make")}
      </Button>
    </Group>
  );
}

function random(): string {
  let password = "";
  while (password.length < LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH))) {
      // Bytes over the last whole multiple would favour the first signs.
      if (byte < 256 - (256 % SIGNS.length) && password.length < LENGTH)
        password += SIGNS[byte % SIGNS.length];
    }
  }
  return password;
}
