"use strict";
/* Both languages stand in the page; this shows the other one. */
(() => {
  const buttons = document.querySelectorAll("[data-lang]");
  const speak = (language) => {
    document.documentElement.lang = language;
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.lang === language));
    }
  };
  let kept = "vi";
  try {
    kept = localStorage.getItem("cchc-lang") === "en" ? "en" : "vi";
  } catch (closed) {
    /* storage may be closed to pages from a disk */
  }
  for (const button of buttons) {
    button.addEventListener("click", () => {
      speak(button.dataset.lang);
      try {
        localStorage.setItem("cchc-lang", button.dataset.lang);
      } catch (closed) {
        /* see above */
      }
    });
  }
  speak(kept);
})();
