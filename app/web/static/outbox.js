// What waits on this phone until the server has it. Pages and worker.js both use it: who comes first sends.
// An entry stays until the server has said that it has it; the server knows it by its id and stores it once.
"use strict";

self.outbox = (() => {
  const PATIENCE = 20000;
  const FINAL = [400, 404, 409, 413]; // trying again would not help: a person has to look at it
  const channel = "BroadcastChannel" in self ? new BroadcastChannel("hepatica") : { postMessage() {} };
  const unkept = []; // what the phone had no room for: it waits in this page alone

  // ---- the database on the phone ----

  let opened;
  const database = () =>
    (opened ||= new Promise((resolve, reject) => {
      const request = indexedDB.open("hepatica", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("outbox", { keyPath: "number", autoIncrement: true });
        request.result.createObjectStore("phone");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    }).catch((error) => {
      opened = null;
      throw error;
    }));
  const begin = async (...stores) => (await database()).transaction(stores, "readwrite", { durability: "strict" });
  // A phone that was put away may have cut the connection to its database: then it is opened once more.
  const transact = (...stores) =>
    begin(...stores).catch(() => {
      opened = null;
      return begin(...stores);
    });
  const run = async (store, work) => {
    const transaction = await transact(store);
    return new Promise((resolve, reject) => {
      const request = work(transaction.objectStore(store));
      transaction.commit?.(); // at once: then it is kept also where the page is left in that moment
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  };
  const get = (key) => run("phone", (store) => store.get(key)).catch(() => undefined);
  const set = (key, value) => run("phone", (store) => store.put(value, key)).catch(() => {});
  const all = async () => {
    const kept = await run("outbox", (store) => store.getAll()).catch(() => null);
    if ((outbox.blind = !kept)) return [...unkept]; // nothing is known of what the phone has
    return [...kept, ...unkept].sort((a, b) => a.order - b.order);
  };
  const remove = async (entries) => {
    for (const entry of entries) {
      if (unkept.includes(entry)) unkept.splice(unkept.indexOf(entry), 1);
      else await run("outbox", (store) => store.delete(entry.number));
    }
  };
  const change = async (entry, news) => {
    Object.assign(entry, news);
    if (entry.number) await run("outbox", (store) => store.put(entry));
  };

  // ---- what comes in ----

  const random = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  let latest = 0;
  // Resolves to whether the phone has it: false means that it waits in this page only. `order` counts all that was done
  // on this phone, in any page of it: its clock may be put back.
  const put = async (entry) => {
    const whole = { id: random(), at: Date.now(), state: "saved", ...entry };
    try {
      const transaction = await transact("outbox", "phone");
      const [phone, box] = ["phone", "outbox"].map((name) => transaction.objectStore(name));
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
        phone.get("order").onsuccess = ({ target }) => {
          const { id = random().slice(16), last = 0 } = target.result || {};
          latest = Math.max(last, latest) + 1;
          Object.assign(whole, { phone: id, order: latest });
          try {
            phone.put({ id, last: latest }, "order");
            box.put(whole).onsuccess = (event) => (whole.number = event.target.result);
          } catch {
            // the transaction was aborted, and says so
          }
        };
      });
      return true;
    } catch {
      delete whole.number;
      unkept.push({ ...whole, order: (latest += 1) });
      return false;
    } finally {
      channel.postMessage("");
    }
  };

  // ---- what goes out ----

  // As much of one form as fits into one request: every answer once, and the sending at its end. With that goes what
  // was refused before: the server has to judge the whole.
  const batch = (waiting, everything, alone) => {
    const [first] = waiting;
    const ours = (entry) => entry.path === first.path && entry.owner === first.owner;
    const refused = everything.filter((entry) => ours(entry) && entry.kind === "answer" && entry.state === "refused");
    if (first.kind === "send") return [...refused, first];
    if (first.kind === "report" || first.kind === "leave" || alone) return [first];
    const together = [];
    for (const entry of waiting) {
      if (!ours(entry)) continue;
      if (together.some((each) => each.item === entry.item)) break;
      together.push(entry);
      if (entry.kind !== "send") continue;
      return [...refused.filter(({ item }) => !together.some((each) => each.item === item)), ...together];
    }
    return together;
  };

  const post = async (entries) => {
    const [{ owner, path }] = entries;
    const body = new URLSearchParams({ participant: owner, clock: Date.now(), do: "save" });
    for (const entry of entries) {
      for (const [name, value] of entry.fields || []) body.append(name, value);
      for (const name of ["language", "phone", "respondent"]) if (entry[name]) body.set(name, entry[name]);
      if (entry.kind === "answer") {
        body.set(entry.item + ":id", entry.id);
        body.set(entry.item + ":at", entry.at);
        body.set(entry.item + ":order", entry.order);
      } else if (entry.kind === "report") {
        body.set("report_id", entry.id); // the page without a connection is the same each time
      } else if (entry.kind === "send") {
        body.set("do", "send");
        body.set("do:at", entry.at);
        body.set("gaps", "told"); // the list of answers told them
        body.set("submission_id", entry.id);
      }
    }
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const headers = { Accept: "application/json" };
      const response = await fetch(path, { method: "POST", body, headers, signal: stop.signal });
      return [response.status, await response.json()];
    } finally {
      clearTimeout(timer);
    }
  };

  // Does what the server's answer means for what was sent; resolves to what kept it from being taken, if anything.
  const settle = async (entries, status, reply) => {
    const [{ kind, owner, path }] = entries;
    if (reply.location || (kind === "leave" && status === 401)) {
      const over = ["received", "refused"];
      const theirs = (entry) => entry.path === path && entry.owner === owner && over.includes(entry.state);
      const about = { owner, path, location: reply.location, report: entries[0].id };
      if (kind !== "leave") await put({ kind: "arrived", state: "arrived", ...about });
      await remove([...entries, ...(kind === "report" ? [] : (await all()).filter(theirs))]);
      if (self.caches && kind !== "report") await (await caches.open("pages")).delete(path);
    } else if (reply.saved) {
      for (const entry of entries) {
        const words = reply.faults[entry.item];
        if (words) await change(entry, { state: "refused", words });
        else if (entry.kind === "answer") await change(entry, { state: "received", received: reply.now });
        else await change(entry, { state: "refused", words: Object.values(reply.faults)[0] });
        // What was typed there before, or sent, and refused, has been put right or is refused anew.
        const same = (each) => each.path === path && (each.item === entry.item || each.kind === "send");
        const older = (each) => same(each) && each.order < entry.order;
        await remove((await all()).filter((each) => each.state === "refused" && older(each)));
      }
    } else if (reply.faults || FINAL.includes(status)) {
      if (entries.filter((entry) => entry.state === "saved").length > 1) return entries; // one may stand for all
      const words = reply.message || Object.values(reply.faults)[0];
      for (const entry of entries) await change(entry, { state: "refused", words });
    } else return reply.message || "";
  };

  const drain = async () => {
    const [stuck, alone] = [new Set(), new Set()];
    const form = ({ owner, path }) => owner + path;
    let trouble;
    for (;;) {
      const everything = await all();
      const waiting = everything.filter((entry) => entry.state === "saved" && !stuck.has(form(entry)));
      if (!waiting.length) return trouble;
      const entries = batch(waiting, everything, alone.has(form(waiting[0])));
      channel.postMessage({ sent: entries[0].path });
      outbox.onsent?.(entries[0].path);
      let failed;
      try {
        failed = await settle(entries, ...(await post(entries)));
      } catch {
        failed = "";
      }
      if (failed === entries) alone.add(form(entries[0]));
      else if (failed !== undefined) {
        stuck.add(form(entries[0]));
        trouble = { words: failed, owner: entries[0].owner };
      }
      channel.postMessage("");
    }
  };

  // Sends what waits, oldest first; resolves to undefined, or to { words } when something still waits.
  let running, asked;
  const flush = () => {
    asked = true;
    return (running ||= (async () => {
      let trouble;
      while (asked) {
        asked = false;
        trouble = await (navigator.locks ? navigator.locks.request("hepatica", drain) : drain());
      }
      return trouble;
    })().finally(() => (running = null)));
  };

  // Takes the pages and the answers that have arrived off this phone; what still waits stays.
  const close = async () => {
    if (self.caches) await caches.delete("pages");
    await set("open", null);
    await run("phone", (store) => store.delete(IDBKeyRange.lowerBound([]))).catch(() => {}); // what was begun, by [owner, path]
    await remove((await all()).filter((entry) => ["received", "arrived"].includes(entry.state)));
  };

  return { all, change, close, flush, get, put, random, remove, set, channel };
})();
