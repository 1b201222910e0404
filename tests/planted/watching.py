"""A browser that looks for what should never be: a script that ran, a policy that had to step in, markup out of words."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Dialog, Page, Request

LISTEN = """
window.__ran = []; window.__refused = [];
for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = (...said) => { window.__ran.push(name + said) };
document.addEventListener('securitypolicyviolation', event => window.__refused.push(
  event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sample));
"""
"""Before any script of the page. Pages of ours ask nothing by these."""

_LOOK = """() => {
  const wrong = [];
  const leads = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster', 'background', 'srcset', 'style', 'srcdoc'];
  const names = Element.prototype.getAttributeNames, value = Element.prototype.getAttribute;
  const policies = [...document.querySelectorAll('head > meta[http-equiv="Content-Security-Policy"]')];
  const kit = location.protocol === 'file:' && policies.length === 1 && document.scripts.length === 1;
  for (const one of document.querySelectorAll('*')) {
    const tag = one.tagName ? String(one.tagName).toLowerCase() : 'clobbered';
    if (['iframe', 'object', 'embed', 'base', 'portal', 'foreignobject', 'plaintext', 'xmp', 'marquee', 'noembed'].includes(tag))
      wrong.push('<' + tag + '>');
    if (tag === 'script' && !kit && !(value.call(one, 'src') || '').startsWith('/'))
      wrong.push('<script> ' + one.textContent.slice(0, 80));
    if (tag === 'meta' && value.call(one, 'http-equiv') && !policies.includes(one)) wrong.push('<meta http-equiv>');
    if (tag === 'form' && new URL(value.call(one, 'action') || '', location.href).origin !== location.origin)
      wrong.push('a form that leads away');
    for (const name of names.call(one)) {
      const said = value.call(one, name);
      if (/^on/i.test(name)) wrong.push(tag + ' ' + name + '=' + said.slice(0, 80));
      if (leads.includes(name) && /^[\\s\\x00-\\x1f]*(javascript|vbscript|data:text|blob):/i.test(said))
        wrong.push(tag + ' ' + name + '=' + said.slice(0, 80));
      if (['src', 'srcset', 'poster', 'background'].includes(name) && /evil\\.example/.test(said)) wrong.push(tag + ' ' + name);
    }
  }
  return [window.__ran || ['nobody listened'], window.__refused || [], wrong];
}"""
"""A page that is opened from disk has its policy in its head, and may have the one script that this policy knows."""


class Watch:
    """Visits pages in one window. `faults` are what was found, each with its page."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, urlsplit(home).netloc
        self.faults: list[str] = []
        self.visited = 0
        page.add_init_script(LISTEN)
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("console", self._console)

    def visit(self, path: str) -> None:
        """Open a page, look, go on."""
        answer = self.page.goto(path, wait_until="load")
        self.visited += 1
        if answer is not None and answer.status >= 400:
            self.faults.append(f"{path}: {answer.status}")
        self.look(path)

    def look(self, path: str) -> None:
        """At the page that is open."""
        ran, refused, wrong = self.page.evaluate(_LOOK)
        self.faults += [f"{path}: ran {one}" for one in ran]
        self.faults += [f"{path}: the policy refused {one}" for one in refused]
        self.faults += [f"{path}: {one}" for one in wrong]

    def _dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"{self.page.url}: a dialog said {dialog.message[:80]!r}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.home:
            self.faults.append(f"{self.page.url}: asked {request.url[:100]}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.faults.append(f"{self.page.url}: console {message.text[:200]}")
