// The part of the preferences page by which a phone lets the study show messages on it; the browser asks only after a
// press. Without this script, or where the browser cannot, the part stays hidden.
"use strict";

document.addEventListener("DOMContentLoaded", async () => {
  const part = document.getElementById("push");
  if (!part || !("serviceWorker" in navigator) || !("PushManager" in self)) return;
  const begin = document.getElementById("push-begin");
  const end = document.getElementById("push-end");
  const status = document.getElementById("push-status");
  const { key, begun, ended, denied, failed } = part.dataset;
  const worker = await navigator.serviceWorker.ready;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const tell = async (address, fields) => {
    const body = new URLSearchParams(fields);
    const response = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(response.status);
  };
  const show = async (words) => {
    const on = Boolean(await worker.pushManager.getSubscription());
    begin.hidden = on;
    end.hidden = !on;
    status.textContent = words || (on ? begun : "");
  };

  begin.addEventListener("click", async () => {
    try {
      if ((await Notification.requestPermission()) !== "granted") return show(denied);
      const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
      const subscription = await worker.pushManager.subscribe(options);
      const { endpoint, keys } = subscription.toJSON();
      try {
        await tell("/push", { endpoint, ...keys });
      } catch (fault) {
        await subscription.unsubscribe(); // or the phone would say that it is on
        throw fault;
      }
      await show();
    } catch {
      await show(failed);
    }
  });

  end.addEventListener("click", async () => {
    try {
      const subscription = await worker.pushManager.getSubscription();
      if (subscription) {
        await tell("/push/end", { endpoint: subscription.endpoint });
        await subscription.unsubscribe();
      }
      await show(ended);
    } catch {
      await show(failed);
    }
  });

  await show();
  part.hidden = false;
});
