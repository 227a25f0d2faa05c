import { Center, Loader } from "@mantine/core";

/** Something is being loaded. Its text is the browser's own word for a busy part, so it needs no language yet. */
export function Waiting() {
  return (
    <Center py="xl" aria-busy="true">
      <Loader aria-hidden />
    </Center>
  );
}
