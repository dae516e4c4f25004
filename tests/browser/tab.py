"""A page of the browser, with a profile of its own, and what it loads, shows and says."""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.browser.chromium import Browser, BrowserError, Message

_KEYS = {
    "Tab": (9, ""), "Enter": (13, "\r"), "Escape": (27, ""), "Space": (32, " "),
    "ArrowLeft": (37, ""), "ArrowUp": (38, ""), "ArrowRight": (39, ""), "ArrowDown": (40, ""),
}  # fmt: skip
_SHIFT = 8


class Tab:
    """A page; frames of other origins are processes of their own, and are listened to as well."""

    def __init__(self, browser: Browser, context: str, target: str, session: str) -> None:
        self._browser = browser
        self._context = context
        self._target = target
        self._session = session
        self._sessions = [session]
        browser.attached = self._listen_to
        self._prepare(session)
        self._call("Page.bringToFront")  # what is not seen is not painted
        self.size(1280, 900)

    # --- going somewhere

    def open(self, address: str) -> None:
        """Load a page, and wait until it and what it holds are there."""
        self.forget()
        answer = self._call("Page.navigate", url=address)
        assert not answer.get("errorText"), (address, answer)
        self.loaded()

    def loaded(self) -> None:
        """Wait until a page that is being loaded is there."""
        self._browser.wait(lambda: bool(self._named("Page.loadEventFired")), "a page to load")

    def forget(self) -> None:
        """Forget what the pages before have loaded and said."""
        for session in self._sessions:
            self._browser.events[session].clear()

    def wait(self, expression: str) -> None:
        """Wait until an expression is true in the page."""
        self._browser.wait(lambda: bool(self.value(expression)), expression)

    def pause(self, seconds: float) -> None:
        """Let the page go on for a while."""
        self._browser.listen(seconds)

    # --- asking it

    def value(self, expression: str) -> Any:
        """Return the value of an expression; a promise is waited for."""
        return self._value(self._session, expression)

    def frame_value(self, expression: str) -> Any:
        """Return the value of an expression in the frame of another origin."""
        return self._value(self._sessions[-1], expression)

    def _value(self, session: str, expression: str) -> Any:
        result = self._browser.call(
            "Runtime.evaluate", session, expression=expression, awaitPromise=True,
            returnByValue=True, userGesture=True,
        )  # fmt: skip
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise BrowserError(details.get("exception", details).get("description", str(details)))
        return result["result"].get("value")

    @property
    def requests(self) -> list[str]:
        """Addresses that were asked for, by the page and its frames."""
        return [
            event["params"]["request"]["url"]
            for event in self._events()
            if event["method"] == "Network.requestWillBeSent"
        ]

    @property
    def hosts(self) -> set[str]:
        """Hosts that were asked, with their ports."""
        return {urlsplit(address).netloc for address in self.requests} - {""}

    @property
    def received(self) -> int:
        """Bytes that came, as they were sent: heads and compressed bodies."""
        return sum(
            int(event["params"]["encodedDataLength"])
            for event in self._events()
            if event["method"] == "Network.loadingFinished"
        )

    @property
    def complaints(self) -> list[str]:
        """What the console shows: errors, warnings, refusals of the policy."""
        told = []
        for event in self._events():
            name, content = event["method"], event["params"]
            if name == "Runtime.exceptionThrown":
                told.append(str(content["exceptionDetails"]))
            elif name == "Runtime.consoleAPICalled" and content["type"] in ("error", "warning"):
                told.append(str(content["args"]))
            elif name == "Log.entryAdded" and content["entry"]["level"] in ("error", "warning"):
                told.append(f"{content['entry']['text']} ({content['entry'].get('url')})")
            elif name == "Audits.issueAdded" and "contentSecurityPolicy" in json.dumps(content):
                told.append(json.dumps(content))
        return told

    # --- acting on it

    def size(self, width: int, height: int = 900) -> None:
        """Give the window a size in pixels."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def media(self, media: str = "", **features: str) -> None:
        """Show as on a medium (``print``), with preferences: ``prefers_color_scheme="dark"``."""
        told = [
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()
        ]
        self._call("Emulation.setEmulatedMedia", media=media, features=told)

    def scripts(self, *, on: bool) -> None:
        """Let the scripts of the next pages run or not."""
        self._call("Emulation.setScriptExecutionDisabled", value=not on)

    def slow_down(self, megabits: float, latency: float = 0) -> None:
        """Let nothing come faster than so many megabits a second, nor before so many ms."""
        self._call(
            "Network.emulateNetworkConditions", offline=False, latency=latency,
            downloadThroughput=megabits * 1e6 / 8, uploadThroughput=megabits * 1e6 / 8,
        )  # fmt: skip

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key."""
        code, text = _KEYS[key]
        name = " " if key == "Space" else key
        common = {"key": name, "code": key, "windowsVirtualKeyCode": code,
                  "modifiers": _SHIFT if shift else 0}  # fmt: skip
        down: Message = {"text": text} if text else {}
        self._call("Input.dispatchKeyEvent", type="keyDown", **common, **down)
        self._call("Input.dispatchKeyEvent", type="keyUp", **common)

    def click(self, selector: str) -> None:
        """Click in the middle of an element that is seen."""
        box = self.value(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); "
            "e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); "
            "return [r.x + r.width / 2, r.y + Math.min(r.height / 2, 300)]; })()"
        )
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self._call(
                "Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left",
                clickCount=1,
            )  # fmt: skip

    def screenshot(self) -> bytes:
        """Return the whole page as PNG."""
        answer = self._call("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        return base64.b64decode(answer["data"])

    def pdf(self) -> bytes:
        """Return the page as it is printed on A4."""
        answer = self._call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)
        return base64.b64decode(answer["data"])

    # --- the connection

    def close(self) -> None:
        """Close it, and forget its profile."""
        self._browser.attached = lambda _message: None
        self._browser.call("Target.closeTarget", targetId=self._target)
        self._browser.call("Target.disposeBrowserContext", browserContextId=self._context)
        for session in self._sessions:
            self._browser.events.pop(session, None)

    def _call(self, method: str, **parameters: Any) -> Message:
        return self._browser.call(method, self._session, **parameters)

    def _events(self) -> Iterator[Message]:
        for session in self._sessions:
            yield from self._browser.events[session]

    def _named(self, method: str) -> Sequence[Message]:
        return [event for event in self._browser.events[self._session] if event["method"] == method]

    def _prepare(self, session: str) -> None:
        for domain in ("Page", "Network", "Runtime", "Log", "Audits"):
            self._browser.send(f"{domain}.enable", session)
        self._browser.send(
            "Target.setAutoAttach", session, autoAttach=True, waitForDebuggerOnStart=True,
            flatten=True,
        )  # fmt: skip
        self._browser.send("Runtime.runIfWaitingForDebugger", session)

    def _listen_to(self, message: Message) -> None:
        session = message["params"]["sessionId"]
        if session not in self._sessions and message.get("sessionId") in self._sessions:
            self._sessions.append(session)
            self._prepare(session)


@contextmanager
def new_tab(browser: Browser) -> Iterator[Tab]:
    """Open a page with an empty profile, and close it."""
    context = browser.call("Target.createBrowserContext")["browserContextId"]
    target = browser.call("Target.createTarget", url="about:blank", browserContextId=context)
    session = browser.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
    tab = Tab(browser, context, target["targetId"], session["sessionId"])
    try:
        yield tab
    finally:
        tab.close()
