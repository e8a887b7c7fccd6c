// What neither HTML nor htmx does: keys on lists, sign-out by idleness, double clicks, the lost connection.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);

// The page's own problems first: a form that came back says so at its top.
$("[data-focus]")?.focus();

// Long conversations open at their end.
const toEnd = () => document.querySelectorAll("[data-end]").forEach((list) => { list.scrollTop = list.scrollHeight; });
toEnd();

// -- the menu on narrow screens ----------------------------------------------------------------------------------------
const menu = $(".menu-button");
if (menu) {
  menu.hidden = false;
  document.body.classList.add("has-menu");
  menu.addEventListener("click", () => {
    const open = menu.getAttribute("aria-expanded") !== "true";
    menu.setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("menu-open", open);
  });
}

// -- lists by keyboard: j and k or the arrows move, Enter opens --------------------------------------------------------
const typing = (target) => target.closest("input, select, textarea, [contenteditable], .thread");
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  const list = $("[data-keys]");
  if (!step || !list) return;
  const links = [...list.querySelectorAll("a[href]")];
  const at = links.indexOf(document.activeElement);
  if (at < 0 && event.key.startsWith("Arrow")) return; // arrows scroll until a line has the focus
  const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))];
  if (next) { event.preventDefault(); next.focus(); }
});

// -- forms -------------------------------------------------------------------------------------------------------------
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form && event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  if (form.dataset.busy) {
    const note = document.createElement("p");
    note.className = "busy";
    note.setAttribute("role", "status");
    note.textContent = form.dataset.busy;
    form.append(note);
  }
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// -- htmx: the lost connection, and what follows a swap ----------------------------------------------------------------
const lost = $("#lost");
const connection = (isLost) => { if (lost) lost.hidden = !isLost; };
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, () => connection(true));
}
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) connection(false); });
document.addEventListener("htmx:beforeRequest", (event) => {
  // Nobody looks: do not ask. A list that refreshes itself goes on when its page is seen again.
  if (document.hidden && event.target.matches("[hx-trigger^=every]")) event.preventDefault();
});
document.addEventListener("htmx:afterSwap", toEnd);
// A phone's box is emptied when its text is on the way. A text sent while another is under way waits its turn in the box.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-clear]") || !form.dataset.underWay) return;
  event.preventDefault();
  event.stopPropagation();
  form.dataset.again = "yes";
}, true);
document.addEventListener("htmx:beforeSend", (event) => {
  const form = event.target.closest("form[data-clear]");
  if (!form) return;
  form.dataset.underWay = form.elements.body.value;
  form.reset();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-clear]");
  if (!form) return;
  if (!event.detail.successful && !form.elements.body.value) form.elements.body.value = form.dataset.underWay;
  delete form.dataset.underWay;
  if (!form.dataset.again) return;
  delete form.dataset.again;
  form.requestSubmit();
});

// -- idleness: the server ends the sign-in; the screen must not show patients' data after that -------------------------
const limit = Number(document.body.dataset.idleSeconds || 0);
if (limit) {
  const idle = $("#idle");
  let since = Date.now();
  const check = () => {
    const seconds = (Date.now() - since) / 1000;
    if (seconds >= limit) window.location.assign(document.body.dataset.ended);
    idle.hidden = seconds < limit - 60;
  };
  $("button", idle).addEventListener("click", async () => {
    const answer = await fetch(document.body.dataset.stay, { credentials: "same-origin" }).catch(() => null);
    if (answer?.ok) { since = Date.now(); check(); } else window.location.assign(document.body.dataset.ended);
  });
  // A request that somebody made, unlike the list's own, has told the server that they are there.
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.matches("form")) since = Date.now(); });
  setInterval(check, 5000);
  document.addEventListener("visibilitychange", check);
}
