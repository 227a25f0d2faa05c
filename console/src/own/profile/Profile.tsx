import { Email } from "./Email.tsx";
import { Metadata } from "./Metadata.tsx";
import { Names } from "./Names.tsx";

/** What others see of oneself, and where one is reached. */
export function Profile() {
  return (
    <>
      <Names />
      <Email />
      <Metadata />
    </>
  );
}
