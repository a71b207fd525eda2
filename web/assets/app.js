// Only improves: every page works without it.  Keys in the queue, and what a reason needs.
"use strict";
(function () {
  const byId = (id) => document.getElementById(id);
  const typing = (e) => e.target.closest("input:not([type=radio]):not([type=checkbox]), select, textarea") !== null;
  let gone = false;

  function send(form, button) {
    if (gone || !form) return;
    gone = true;
    if (button) form.requestSubmit(button); else form.requestSubmit();
    setTimeout(() => { gone = false; }, 1500);
  }

  function mode(id) {
    const compare = byId("compare"), input = byId(id);
    if (!compare || !input) return;
    if (compare.open && input.checked) { compare.open = false; return; }
    compare.open = true;
    input.checked = true;
    compare.scrollIntoView({ block: "nearest" });
  }

  const keys = {
    p: () => send(byId("pursue"), byId("pursue") && byId("pursue").querySelector("button")),
    n: () => send(byId("not"), byId("not") && byId("not").querySelector("button")),
    i: () => { const r = byId("reason"); if (r) r.focus(); },
    r: () => { const r = byId("reason"); if (r && r.value) send(byId("ignore"), byId("ignore").querySelector("button")); else if (r) r.focus(); },
    j: () => { const a = byId("next"); if (a) a.click(); },
    k: () => { const a = byId("previous"); if (a) a.click(); },
    b: () => mode("mode-blink"),
    d: () => mode("mode-difference"),
    c: () => mode("mode-changed"),
    s: () => mode("mode-straight"),
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.repeat || typing(e) || !keys[e.key]) return;
    e.preventDefault();
    keys[e.key]();
  });

  const reason = byId("reason"), needs = byId("needs");
  if (reason && needs) {
    const tell = () => {
      const o = reason.selectedOptions[0];
      const parts = [];
      if (o && o.dataset.needs) parts.push("Say in the note: " + o.dataset.needs + ".");
      if (o && o.dataset.scope) parts.push("Counts for " + o.dataset.scope + ".");
      needs.textContent = parts.join(" ");
    };
    reason.addEventListener("change", tell);
    tell();
  }

  // A link to a folded part opens it.
  const unfold = () => {
    const to = location.hash.length > 1 ? byId(location.hash.slice(1)) : null;
    if (!to) return;
    const own = to.tagName === "DETAILS" ? to : (to.closest("section") || to).querySelector(":scope > details");
    for (let e = own || to; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    to.scrollIntoView();
  };
  window.addEventListener("hashchange", unfold);
  unfold();

  const bulk = byId("bulk");
  if (bulk) {
    const boxes = Array.from(document.querySelectorAll("input[name=hit]"));
    const all = document.createElement("button");
    all.type = "button";
    all.textContent = "Tick all";
    all.addEventListener("click", () => {
      const on = boxes.some((b) => !b.checked);
      boxes.forEach((b) => { b.checked = on; });
      all.textContent = on ? "Tick none" : "Tick all";
    });
    bulk.insertBefore(all, bulk.firstElementChild.nextSibling);
    let last = null;
    boxes.forEach((b) => b.addEventListener("click", (e) => {
      if (e.shiftKey && last) {
        const from = boxes.indexOf(last), to = boxes.indexOf(b);
        boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((x) => { x.checked = b.checked; });
      }
      last = b;
    }));
  }
})();
