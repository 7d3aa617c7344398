// Shows a participant's pages without a connection, and sends what waits when there is one again.
// The server puts FILES, OUTBOX and ICON in front: the addresses of what every page needs, of outbox.js, of a picture.
"use strict";

importScripts(OUTBOX);

const STORE = "files " + FILES.join(" ");
const KEPT = /^\/(today|survey\/.+|report\/.+|helping|left|offline)$/;
const OURS = /^\/(p\/.+|today|survey\/.+|report\/.+|receipt\/.+|reported\/.+|preferences|history|helping|left|offline|code)$/;
const PATIENCE = 4000;

addEventListener("install", (event) => {
  const ready = async () => {
    await (await caches.open(STORE)).addAll(FILES);
    await skipWaiting();
  };
  event.waitUntil(ready());
});

addEventListener("activate", (event) => {
  const ready = async () => {
    for (const name of await caches.keys()) if (![STORE, "pages", "words"].includes(name)) await caches.delete(name);
    await clients.claim();
  };
  event.waitUntil(ready());
});

// Keeps a fresh page. Its header says whose it is, for how many seconds this phone may show pages offline, and by which
// link they came, as a digest.
const keep = async (path, response) => {
  const [owner, seconds, link] = (response.headers.get("Hepatica-Phone") || "").split(" ");
  if (response.status === 401) await outbox.close(); // signed out elsewhere, or the link was revoked
  if (response.status !== 200) return;
  if (owner) {
    const open = await outbox.get("open");
    if (open && open.owner !== owner) await outbox.close();
    await outbox.set("open", { owner, link, until: Date.now() + seconds * 1000 });
  }
  if (KEPT.test(path)) await (await caches.open(shelf(path))).put(path, response);
};

// What holds no answers may stay when the pages are closed.
const shelf = (path) => (path === "/left" || path === "/offline" ? "words" : "pages");

const digest = async (text) => {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

// The page as this phone has it, if it has it and may show it; a link opens the pages of no one else's.
const fromPhone = async (path) => {
  const open = await outbox.get("open");
  if (!open || Date.now() > open.until) {
    await outbox.close();
    return path === "/left" ? caches.match(path) : undefined;
  }
  if (!path.startsWith("/p/")) return caches.match(path);
  const own = (await digest(path.slice(3))) === open.link && (await (await caches.open("pages")).match("/today"));
  return own ? Response.redirect("/today") : undefined;
};

const page = async (event, path) => {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  // Someone who left without a connection has left: whoever comes next is not shown their pages.
  if ((await outbox.all()).some((entry) => entry.kind === "leave")) await Promise.race([outbox.flush(), late]);
  const fetched = fetch(event.request).then((response) => {
    if (response.type !== "opaqueredirect") event.waitUntil(keep(path, response.clone()));
    return response;
  });
  fetched.catch(() => {}); // also where the pages of this phone were quicker
  const response = await Promise.race([fetched, late]).catch(() => undefined);
  if (response && response.status < 500) return response;
  const kept = await fromPhone(path);
  if (kept || response?.status === 500) return kept || response;
  return response ? caches.match("/offline") : fetched.catch(() => caches.match("/offline"));
};

const file = async (request) => (await caches.match(request)) || fetch(request);

addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(file(event.request));
  else if (event.request.mode === "navigate" && OURS.test(pathname)) event.respondWith(page(event, pathname));
});

// A page names what may be needed without a connection.
addEventListener("message", (event) => {
  const fetchAll = async () => {
    for (const address of event.data.keep) {
      const response = await fetch(address).catch(() => undefined);
      if (response && !response.redirected) await keep(new URL(address, location).pathname, response);
    }
  };
  event.waitUntil(fetchAll());
});

// Where the browser has background sync this also runs after the page was closed; it is tried again if it fails.
addEventListener("sync", (event) => {
  const send = async () => {
    if (await outbox.flush()) throw new Error("something still waits");
  };
  event.waitUntil(send());
});

// A message comes in sealed for this browser; its words name nothing, and being pressed it opens the page of the link.
addEventListener("push", (event) => {
  const { title, body, url, lang } = event.data ? event.data.json() : {};
  const shown = { body, lang, tag: "reminder", icon: ICON, data: url || "/today" };
  event.waitUntil(registration.showNotification(title || "Hepatica", shown));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { origin, href } = new URL(event.notification.data, location);
  if (origin === location.origin) event.waitUntil(clients.openWindow(href));
});
