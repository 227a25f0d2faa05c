/** For all that takes the keyboard in a dialog above another one: what is pressed there is not for the one below. */
export const STAYS = { "data-mantine-stop-propagation": "true" } as const;
