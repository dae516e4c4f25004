"""``make bench-tableaux``: the dashboards of ``$CPF_DATA`` in a browser, beside two other ways.

The same view as static images (what newsletters and some tools send), and drawn in the browser by
vgplot over DuckDB compiled to WebAssembly, if ``VGPLOT`` names a ``node_modules`` that has it
(``npm install @uwdata/vgplot@0.11.0``). Bytes are those on the wire; times are medians.
"""

import gzip
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread

import duckdb
import requests

from orchestration import settings
from portal.dashboards.declarations import read_dashboards
from tests.browser import chromium
from tests.browser.chromium import Browser
from tests.browser.tab import new_tab
from tests.factories import quiet_server

MEGABITS = 10
VIEWS, SERVED, FILTERS = 5, 100, 24
VGPLOT = os.environ.get("VGPLOT", "")
_TOTALS = "moncompteformation_formations_engagees_totaux"
# A filter that is there already: pages with two are not asked ahead.
_SECOND = {
    "offre": "region=53",
    "achats": "region=53",
    "usagers": "genre=Femme",
    "entrees": "type=RNCP",
}
_TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".csv": "text/csv"}
# From the click to the frame that shows what it asked for.
_FILTER = """new Promise(done => {
  const link = [...document.querySelectorAll('.barres a')][%d], start = performance.now();
  new MutationObserver((_, seen) => { seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))) })
    .observe(document.body, {childList: true});
  link.click() })"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')"


def main() -> None:
    """Measure and print."""
    publications = settings.data() / "publications"
    with ExitStack() as stack:
        profile = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        portal = stack.enter_context(quiet_server.serving(publications, settings.data()))
        browser = stack.enter_context(chromium.running(profile))
        start = time.perf_counter()
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {MEGABITS} Mbit/s")
        print(f"{_asked_ahead(portal)} views asked ahead in {time.perf_counter() - start:.1f} s")
        ours = [_dashboard(browser, portal, name) for name in read_dashboards()]
        size, seconds = ours[list(read_dashboards()).index("achats")]
        images = [
            f"/tableaux-de-bord/achats/{name}.png" for name in read_dashboards()["achats"].charts
        ]
        page = "".join(f'<img src="{portal}{path}" alt="">' for path in images)
        with _site({"/": page.encode()}) as site:
            _beside(
                "static images",
                *_view(browser, f"{site}/", "document.images.length"),
                size,
                seconds,
            )
        if VGPLOT:
            with _site({"/": _VGPLOT.encode(), "/totaux.csv": _rows(publications)}) as site:
                told = _view(browser, f"{site}/", "window.drawn")
            _beside("vgplot, DuckDB in WASM", *told, size, seconds)


def _asked_ahead(portal: str) -> int:
    """Wait until the server asks nothing ahead any more; return how many views it has asked."""
    before, now = -1, 0
    while before < now:
        before = now
        time.sleep(2)
        text = requests.get(f"{portal}/metrics", timeout=60).text
        now = int(float(re.findall(r"^cpf_portail_vues_d_avance_total (.*)$", text, re.M)[0]))
    return now


def _dashboard(browser: Browser, portal: str, name: str) -> tuple[int, float]:
    address = f"{portal}/tableaux-de-bord/{name}"
    requests.get(address, timeout=60)  # the facts of a version are read once
    times = [_seconds(lambda: requests.get(address, timeout=60)) for _ in range(SERVED)]
    size, seconds = _view(browser, address, "document.querySelector('.barres')")
    print(f"{name:8} first view {size / 1000:5.1f} kB (goal 30), {seconds:.2f} s (goal 0.4), "
          f"server p50 {1000 * median(times):.0f} ms (goal 50)")  # fmt: skip
    second = f"{address}?{_SECOND[name]}"
    for told, start, dwell in (
        ("clicked at once", address, 0.0),
        ("second, at once", second, 0.0),
        ("pointed at before", address, 0.4),
    ):
        latencies = _filters(browser, start, dwell)
        print(f"{name:8} filter {told:18} median {median(latencies):4.0f} ms (goal 80), "
              f"max {max(latencies):4.0f} (goal 200), first {latencies[0]:4.0f}")  # fmt: skip
    return size, seconds


def _filters(browser: Browser, address: str, dwell: float) -> list[float]:
    """Filter by bars of one chart after the other, that nobody has asked for yet."""
    with new_tab(browser) as tab:
        tab.open(address)
        count = tab.value("document.querySelectorAll('.barres a').length")
        offset = 1 if dwell else 0  # not what was asked before
        latencies = []
        for rank in range(FILTERS):
            place = (offset + rank * count // FILTERS) % count
            tab.open(address)
            if dwell:
                tab.value(f"document.querySelectorAll('.barres a')[{place}].dispatchEvent("
                          "new PointerEvent('pointerover', {bubbles: true}))")  # fmt: skip
                tab.pause(dwell)
            latencies.append(float(tab.value(_FILTER % place)))
    return latencies


def _view(browser: Browser, address: str, ready: str) -> tuple[int, float]:
    """Bytes and seconds until the view is there, with an empty cache."""
    sizes, times = [], []
    for _ in range(VIEWS):
        with new_tab(browser) as tab:
            tab.slow_down(MEGABITS)
            start = time.perf_counter()
            tab.open(address)
            tab.wait(f"Boolean({ready})")
            whole = time.perf_counter() - start
            tab.wait(f"{_PAINT}.length > 0")
            painted = float(tab.value(f"{_PAINT}[0].startTime")) / 1000
            tab.pause(0.2)
            sizes.append(tab.received)
            times.append(painted if "drawn" not in ready and "images" not in ready else whole)
    return int(median(sizes)), median(times)


def _beside(name: str, size: int, seconds: float, ours: int, our_seconds: float) -> None:
    print(f"{name}: {size / 1000:.0f} kB ({size / ours:.1f} × achats), "
          f"{seconds:.2f} s ({seconds / our_seconds:.1f} ×)")  # fmt: skip


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _rows(publications: Path) -> bytes:
    """The rows that the view needs, and no others."""
    (file,) = publications.glob(f"{_TOTALS}/*/{_TOTALS}.parquet")
    with tempfile.NamedTemporaryFile(suffix=".csv") as written, duckdb.connect() as connection:
        connection.execute(
            "copy (select tableau, periode, annee_validation, region_lieu_formation, "
            f"domaine_formation_nsf, type_referentiel, nb_dossiers from '{file}' where tableau in "
            f"('mois_region', 'annee_region_nsf', 'annee_region_type')) to '{written.name}'"
        )
        return Path(written.name).read_bytes()


@contextmanager
def _site(pages: dict[str, bytes]) -> Iterator[str]:
    """Serve pages, and the packages of ``VGPLOT``, compressed."""

    @lru_cache(maxsize=32)
    def content(path: str) -> bytes | None:
        if path in pages:
            return gzip.compress(pages[path], 6)
        _, _, name = path.partition("/npm/")
        package, _, rest = name.partition("@1.")  # the version that the bundle asks for
        file = Path(VGPLOT) / (f"{package}/{rest.partition('/')[2]}" if rest else name)
        if not (name and file.is_file()):
            return None
        text = file.read_bytes()
        if file.suffix == ".js":
            here = b'(location.origin + "/npm/")'
            text = text.replace(b'"https://cdn.jsdelivr.net/npm/"', here)
        return gzip.compress(text, 6)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = content(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", _TYPES.get(Path(self.path).suffix, "text/html"))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *_arguments: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


_VGPLOT = """<!doctype html><meta charset=utf-8><title>vgplot</title><div id=vue></div>
<script type=module>
import * as vg from '/npm/@uwdata/vgplot/dist/vgplot.min.js'
const wasm = vg.wasmConnector()
vg.coordinator().databaseConnector(wasm)
const rows = await (await fetch('/totaux.csv')).text()
await (await wasm.getDuckDB()).registerFileText('totaux.csv', rows)
await vg.coordinator().exec("create table t as select * from read_csv('totaux.csv')")
const all = vg.Selection.crossfilter()
const bars = (table, column) => vg.plot(
  vg.barX(vg.from('t', {filterBy: all}), {x: vg.sum('nb_dossiers'), y: column, sort: {y: '-x'}}),
  vg.toggleY({as: all}))
document.getElementById('vue').append(
  vg.plot(vg.barY(vg.from('t', {filterBy: all}), {x: 'periode', y: vg.sum('nb_dossiers')})),
  bars('annee_region_nsf', 'region_lieu_formation'),
  bars('annee_region_nsf', 'domaine_formation_nsf'),
  bars('annee_region_type', 'type_referentiel'))
const timer = setInterval(() => {
  if (document.querySelectorAll('svg rect').length < 60) return
  window.drawn = true; clearInterval(timer)
}, 20)
</script>"""

if __name__ == "__main__":
    main()
