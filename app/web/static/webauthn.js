// Passkeys: a form that asks for one gets the browser's answer put in before it is sent.
(() => {
  "use strict";
  const able = Boolean(window.PublicKeyCredential && navigator.credentials);
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const described = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const asked = (options, make) => {
    const wanted = { ...options, challenge: bytes(options.challenge) };
    if (make) {
      wanted.user = { ...options.user, id: bytes(options.user.id) };
      wanted.excludeCredentials = described(options.excludeCredentials);
    } else {
      wanted.allowCredentials = described(options.allowCredentials);
    }
    return { publicKey: wanted };
  };

  const answered = (credential) => {
    const given = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) given[part] = text(credential.response[part]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: given,
    });
  };

  if (!able) return;
  for (const warning of document.querySelectorAll("[data-without-passkeys]")) warning.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const make = "make" in form.dataset;
    const failed = form.querySelector("[data-failed]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        const wanted = asked(JSON.parse(form.dataset.passkey), make);
        const credential = await (make ? navigator.credentials.create(wanted) : navigator.credentials.get(wanted));
        form.elements.answer.value = answered(credential);
        form.submit();
      } catch {
        failed.hidden = false;
        setTimeout(() => { for (const button of form.querySelectorAll("button")) button.disabled = false; }, 0);
      }
    });
  }
})();
