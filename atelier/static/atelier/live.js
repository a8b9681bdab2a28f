// Reads the page again every few seconds and swaps the part with the id "live", for as long as the server marks it
// with data-live (its value: seconds, 3 where it is empty). A hidden tab waits; a lost connection is tried again.
(function () {
  "use strict";

  async function refresh(shown) {
    const answer = await fetch(window.location.href, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    const busy = shown.querySelector(":active") || shown.contains(document.activeElement);
    if (fresh && !busy) shown.replaceWith(document.adoptNode(fresh));
  }

  function wait() {
    const shown = document.querySelector("#live[data-live]");
    if (!shown) return;
    const seconds = Number(shown.dataset.live) || 3;
    window.setTimeout(async function () {
      try {
        if (!document.hidden) await refresh(shown);
      } catch (error) {
        console.info("not refreshed:", error.message);
      }
      wait();
    }, seconds * 1000);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", wait);
  else wait();
})();
