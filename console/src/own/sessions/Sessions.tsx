import { OpenSessions } from "./OpenSessions.tsx";
import { RememberedDevices } from "./RememberedDevices.tsx";

/** Where one is signed in, and which devices remember it. */
export function Sessions() {
  return (
    <>
      <OpenSessions />
      <RememberedDevices />
    </>
  );
}
