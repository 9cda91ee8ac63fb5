"""A phone of the network: over https it has a microphone, over plain http it says why not, and typing works."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import NEEDS_CHROMIUM, begin, browser
from playwright.sync_api import Browser, expect
from running import QUESTION, free_port, kiosk

from ui.pages.strings import strings

pytestmark = NEEDS_CHROMIUM
MINE, THEIRS = ".half.mine", ".half.theirs"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser(QUESTION) as running:
        yield running


def own_address() -> str:
    """This machine's address in its network; nothing is sent. Empty where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_over_https_the_microphone_is_offered_and_the_wire_is_safe(chromium: Browser, tmp_path: Path) -> None:
    certificate, key = tmp_path / "憑證.pem", tmp_path / "金鑰.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    with kiosk(tmp_path / "data", "--tls-cert", str(certificate), "--tls-key", str(key)) as place:
        page = chromium.new_context(ignore_https_errors=True).new_page()
        wires: list[str] = []
        page.on("websocket", lambda socket: wires.append(socket.url))
        begin(page, place.url, "English")
        page.wait_for_function("window.Interpreter.talk?.wire?.ready")
        assert page.url.startswith("https://")
        assert page.evaluate("window.isSecureContext && Boolean(navigator.mediaDevices)")
        assert wires == [f"wss://127.0.0.1:{place.port}/v1/interpret"]
        page.locator(f"{MINE} .microphone").click()
        expect(page.locator(f"{MINE} .state")).to_have_text(strings("en")["listening"], timeout=15_000)
        expect(page.locator(f"{MINE} .partial")).to_contain_text("where", timeout=20_000)
        page.wait_for_timeout(3000)
        page.locator(f"{MINE} .microphone").click()
        expect(page.locator(f"{MINE} .captions .main, {MINE} .choice").first).to_be_visible(timeout=20_000)
        page.close()


@pytest.mark.skipif(own_address() in ("", "127.0.0.1"), reason="this machine has no address in a network")
def test_over_plain_http_from_elsewhere_it_is_said_that_the_microphone_needs_https(
    chromium: Browser, tmp_path: Path
) -> None:
    port = free_port()
    with kiosk(tmp_path, "--host", "0.0.0.0", port=port):
        page = chromium.new_page()
        begin(page, f"http://{own_address()}:{port}", "한국어")
        page.wait_for_function("window.Interpreter.talk?.wire?.ready")
        page.locator(f"{MINE} .microphone").click()
        expect(page.locator(f"{MINE} .state")).to_have_text(strings("ko")["microphone-insecure"])
        page.locator(f"{MINE} .type input").fill("화장실이 어디예요?")
        page.locator(f"{MINE} .type button").click()
        expect(page.locator(f"{THEIRS} .captions .main")).to_contain_text("洗手間", timeout=15_000)
        page.close()
