/* An embedded list asks for itself again. Without this script it says of when it is. */
(() => {
  "use strict";
  const how = document.getElementById("as-of-how");
  how.textContent = ", asked again every 15\u00a0s";
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { credentials: "omit" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const id of ["list", "as-of-time"]) document.getElementById(id).replaceChildren(...document.importNode(fresh.getElementById(id), true).childNodes);
      document.title = fresh.title;
      how.textContent = ", asked again every 15\u00a0s";
    } catch {
      how.textContent = ", not reachable, this may be old";
    }
  }, 15000);
})();
