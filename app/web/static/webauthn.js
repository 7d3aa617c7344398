// Passkeys: a form or a button that asks for one gets the browser's answer put in before the form is sent.
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

  const use = async (options, make, form, failed) => {
    failed.hidden = true;
    try {
      const wanted = asked(JSON.parse(options), make);
      const credential = await (make ? navigator.credentials.create(wanted) : navigator.credentials.get(wanted));
      form.elements.answer.value = answered(credential);
      form.submit();
    } catch {
      failed.hidden = false;
      setTimeout(() => { for (const button of form.querySelectorAll("button")) button.disabled = false; }, 0);
    }
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
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      use(form.dataset.passkey, make, form, failed);
    });
  }
  // a form that goes without one too: this button of it asks for a passkey
  for (const button of document.querySelectorAll("button[data-passkey]")) {
    button.hidden = false;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      use(button.dataset.passkey, false, button.form, button.form.querySelector("[data-failed]"));
    });
  }
})();
