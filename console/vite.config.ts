import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The server that the pages ask while one works on them: `PORTCULLIS=http://localhost:8080 npm run dev`.
const server = process.env.PORTCULLIS ?? "http://localhost:8080";
const proxied = ["/api", "/auth", "/gdpr", "/status", "/health", "/pages", "/openapi.json"];

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  resolve: { alias: { "~": new URL("./src", import.meta.url).pathname } },
  // The server puts a fresh value in the place of this one with each answer.
  html: { cspNonce: "PORTCULLIS-NONCE" },
  build: {
    // Watched by the build of the server, which embeds it.
    outDir: "built/pages",
    target: "es2023",
    // No picture or font in the text of another file: the policy of the pages takes files alone.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, { target: server }])) },
});
