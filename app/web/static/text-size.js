// The size of the text changes at once, without the server; a page kept on the phone shows the size chosen since.
"use strict";

(() => {
  const buttons = document.querySelectorAll("[value^='size:']");
  const show = (chosen) => {
    for (const button of buttons) {
      const size = button.value.slice(5);
      button.setAttribute("aria-pressed", size === chosen);
      document.documentElement.classList.toggle(size, size === chosen);
    }
  };

  const kept = /hepatica_size=(\w+)/.exec(document.cookie);
  if (kept) show(kept[1]);
  for (const button of buttons) {
    button.onclick = (event) => {
      event.preventDefault();
      const size = button.value.slice(5);
      const secure = location.protocol === "https:" ? ";secure" : "";
      document.cookie = `hepatica_size=${size};path=/;max-age=31536000;samesite=lax${secure}`;
      show(size);
    };
  }
})();
