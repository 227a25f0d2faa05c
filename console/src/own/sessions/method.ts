import { useTranslations } from "use-intl";

const STEPS = [
  "password",
  "passkey",
  "totp",
  "email",
  "sms",
  "recovery",
  "remember",
  "impersonation",
] as const;

/** How somebody signed in, in words: `password+totp`. */
export function useMethod(): (method: string) => string {
  const t = useTranslations("own.sessions.method");
  return (method) =>
    method
      .split("+")
      .map((step) => {
        const known = STEPS.find((one) => one === step);
        return known ? t(known) : step;
      })
      .join(" + ");
}
