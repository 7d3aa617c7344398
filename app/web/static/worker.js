// Shows a participant's pages without a connection, and sends what waits when there is one again.
// The server puts FILES and OUTBOX in front: the addresses of what every page needs, and of outbox.js.
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

// Keeps a fresh page. Its header says whose it is and for how many seconds this phone may show pages offline.
const keep = async (path, response) => {
  const [owner, seconds] = (response.headers.get("Hepatica-Phone") || "").split(" ");
  if (response.status === 401) await outbox.close(); // signed out elsewhere, or the link was revoked
  if (response.status !== 200) return;
  if (owner) {
    const open = await outbox.get("open");
    if (open && open.owner !== owner) await outbox.close();
    await outbox.set("open", { owner, until: Date.now() + seconds * 1000 });
  }
  if (KEPT.test(path)) await (await caches.open(shelf(path))).put(path, response);
};

// What holds no answers may stay when the pages are closed.
const shelf = (path) => (path === "/left" || path === "/offline" ? "words" : "pages");

const fromPhone = async (path) => {
  const open = await outbox.get("open");
  const pages = await caches.open("pages");
  const none = await caches.match("/offline");
  if (!open || Date.now() > open.until) {
    await outbox.close();
    return path === "/left" ? caches.match(path) : none;
  }
  if (path.startsWith("/p/")) return (await pages.match("/today")) && Response.redirect("/today");
  return (await caches.match(path)) || none;
};

const page = async (event, path) => {
  const fetched = fetch(event.request).then((response) => {
    if (response.type !== "opaqueredirect") event.waitUntil(keep(path, response.clone()));
    return response;
  });
  fetched.catch(() => {}); // also where the pages of this phone were quicker
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const response = await Promise.race([fetched, late]).catch(() => undefined);
  if (response && response.status < 500) return response;
  return (await fromPhone(path)) || response || fetched;
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
