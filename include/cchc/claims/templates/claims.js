"use strict";
/* The switch of language; both texts are in the page. */
const buttons = document.querySelectorAll("[data-to]");
function speak(lang) {
  document.documentElement.dataset.lang = lang;
  document.documentElement.lang = lang;
  for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.to === lang);
}
let chosen = "vi";
try { if (localStorage.getItem("cchc-lang") === "en") chosen = "en"; } catch (e) { /* storage may be closed to file:// */ }
for (const button of buttons) {
  button.addEventListener("click", () => {
    speak(button.dataset.to);
    try { localStorage.setItem("cchc-lang", button.dataset.to); } catch (e) { /* see above */ }
  });
}
speak(chosen);
