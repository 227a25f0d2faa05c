import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/console.css";
import "./app/trusted_types.ts";
import { createRoot } from "react-dom/client";
import { Console } from "./app/Console.tsx";

const place = document.getElementById("console");
if (place) createRoot(place).render(<Console />);
