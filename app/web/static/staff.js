// Conveniences only: every page works without this file.
(() => {
  "use strict";
  for (const all of document.querySelectorAll("[data-select-all]")) {
    const boxes = () => [...document.querySelectorAll(`input[name="${all.dataset.selectAll}"]:not(:disabled)`)];
    const said = document.querySelector("[data-selected]");
    const show = () => {
      const chosen = boxes().filter((box) => box.checked).length;
      all.checked = chosen > 0 && chosen === boxes().length;
      all.indeterminate = chosen > 0 && !all.checked;
      if (said) said.textContent = said.dataset.selected.replace("{n}", new Intl.NumberFormat(document.documentElement.lang).format(chosen));
    };
    all.closest("label").hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes()) box.checked = all.checked;
      show();
    });
    document.addEventListener("change", (event) => {
      if (event.target.name === all.dataset.selectAll) show();
    });
    show();
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
      button.textContent = button.dataset.copied;
    });
  }
  for (const label of document.querySelectorAll("[data-reveal]")) {
    const [box, password] = [label.querySelector("input"), document.querySelector(label.dataset.reveal)];
    label.hidden = false;
    box.checked = false;
    box.addEventListener("change", () => { password.type = box.checked ? "text" : "password"; });
    // sent as a password, so that no browser keeps it among the words typed before
    password.form.addEventListener("submit", () => { password.type = "password"; });
  }
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", () => {
      // after this task, so that the pressed button is still among the fields sent
      setTimeout(() => { for (const button of form.querySelectorAll("button")) button.disabled = true; }, 0);
      window.addEventListener("pageshow", () => { for (const button of form.querySelectorAll("button")) button.disabled = false; });
    });
  }
  document.querySelector("#faults")?.focus();
})();
