// What every page of a participant does around the outbox: says which state holds, sends what waits, keeps what is due
// for a time without a connection, and takes reports. Without this file every page works with a connection.
"use strict";

(() => {
  const main = document.getElementById("main");
  const status = document.getElementById("status");
  const { participant: owner } = main.dataset;
  const path = location.pathname;
  const report = document.getElementById("report");
  let sentAs; // the name of the report that this page sent

  // ---- the state: saved on this phone, sent, received; and what has to be looked at ----

  const say = (state, words) => {
    if (!status) return;
    const text = words || status.dataset[state] || "";
    if (status.textContent !== text) status.textContent = text;
    status.dataset.state = state;
  };
  const lead = (to, words) => {
    const link = document.createElement("a");
    link.href = to;
    link.textContent = words;
    status.append(" ", link);
  };
  const mine = async () => (await outbox.all()).filter((entry) => entry.owner === owner);
  const ofPage = (entry) => path === "/today" || entry.path === path;

  let leaving = false; // for the receipt: where Back or a lost connection stops that, a link leads there
  const show = async () => {
    outbox.onchange?.();
    const entries = (await mine()).filter(ofPage);
    const refused = entries.find((entry) => entry.state === "refused");
    const waiting = entries.filter((entry) => entry.state === "saved");
    const ours = (entry) => !report || entry.report === sentAs; // an earlier report of this kind is another one
    const arrived = entries.find((entry) => entry.state === "arrived" && ours(entry));
    if (arrived && path !== "/today" && !leaving) {
      leaving = true;
      location.replace(arrived.location);
    }
    if (refused?.item) {
      say("refused");
      lead(`${refused.path}#q-${refused.item}`, refused.words);
    } else if (refused) say("refused", refused.words);
    else if (waiting.some((entry) => !entry.number)) say("full");
    else if (waiting.length) say("saved", waiting.some((entry) => entry.kind === "send") && status.dataset.later);
    else if (arrived) {
      say("received");
      lead(arrived.location, status.dataset.receipt);
    } else if (status && "state" in status.dataset && (entries.length || !outbox.blind)) say("received");
  };
  outbox.onsent = (sent) => sent === path && say("sent");
  outbox.channel.onmessage = ({ data }) => (data.sent ? outbox.onsent(data.sent) : show());

  // ---- sending, now and again ----

  let pause = 0;
  let timer;
  const send = async () => {
    clearTimeout(timer);
    const trouble = await outbox.flush();
    await show();
    if (!trouble) return (pause = 0);
    if (trouble.words && trouble.owner === owner) say("saved", trouble.words);
    pause = Math.min(pause * 2 || 2000, 30000);
    timer = setTimeout(send, pause);
  };
  // Keeps one entry and sends it as soon as that is possible, by the worker if this page is closed first.
  outbox.keep = async (entry) => {
    say(""); // whatever held before holds no longer
    const kept = await outbox.put({ owner, path, language: document.documentElement.lang, ...entry });
    say(kept ? "saved" : "full");
    navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("outbox")).catch(() => {});
    return send();
  };
  outbox.mine = mine;
  outbox.show = show;
  if (!owner) return;
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.hidden || send());

  // ---- reports: what is typed stays on the phone until it has arrived ----

  if (report) {
    const fields = () => [...new FormData(report)];
    const fill = (values) => {
      for (const control of report.elements) {
        const value = values[control.name];
        if (control.type === "radio") control.checked = control.value === value;
        else if (control.name && !["hidden", "submit"].includes(control.type)) control.value = value ?? "";
      }
    };
    const draft = [owner, path];
    const refused = async () => (await mine()).filter((each) => each.path === path && each.state === "refused");
    const begun = async () => (await outbox.get(draft)) || (await refused()).pop()?.fields;
    begun().then((found) => found && !document.querySelector(".faults") && fill(Object.fromEntries(found)));
    let sending = false;
    report.addEventListener("input", () => sending || outbox.set(draft, fields()));
    report.addEventListener("submit", async (event) => {
      if (event.submitter?.name) return; // the size of the text
      event.preventDefault();
      if (sending) return;
      sending = true;
      const waiting = fields();
      const before = await refused();
      sentAs = outbox.random();
      const kept = outbox.keep({ kind: "report", fields: waiting, id: sentAs });
      await outbox.set(draft, undefined);
      await outbox.remove(before);
      await kept;
      const [fault] = await refused();
      sending = false;
      if (fault) {
        await outbox.set(draft, waiting);
        await outbox.remove([fault]);
        report.submit(); // its page says what to correct, and where
      } else if ((await mine()).some((each) => each.id === sentAs && each.state === "saved" && each.number)) location.assign("/today");
    });
  }

  // ---- leaving: nothing that waits is left behind unsaid ----

  const leave = document.querySelector("form[action='/leave']");
  let warned = false;
  leave?.addEventListener("submit", async (event) => {
    event.preventDefault();
    await send();
    if (!warned && (await mine()).some((entry) => entry.state === "saved")) {
      warned = true;
      say("saved", status?.dataset.unsent);
      return status?.scrollIntoView();
    }
    await outbox.close();
    await outbox.keep({ kind: "leave", path: "/leave" });
    location.replace("/left?language=" + document.documentElement.lang);
  });

  // ---- begin ----

  const begin = async () => {
    const seen = (await mine()).filter((entry) => entry.state === "arrived" && entry.location === path);
    await outbox.remove(seen);
    await show();
    send();
    if (!navigator.serviceWorker) return;
    const came = navigator.serviceWorker.controller; // by the worker: then it has kept this page already
    await navigator.serviceWorker.register("/worker.js");
    const { active } = await navigator.serviceWorker.ready;
    const due = [...document.querySelectorAll("a[href^='/survey/'], a[href^='/report/']")].map((link) => link.pathname);
    const language = "?language=" + document.documentElement.lang;
    const keep = came ? due : [path, ...due];
    active.postMessage({ keep: ["/left" + language, "/offline" + language, ...new Set(keep)] });
  };
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin);
})();
