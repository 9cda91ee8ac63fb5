"""The welcome shows what the venue calls itself now, on a kiosk that nobody starts anew."""

import re

from browsing import NEEDS_CHROMIUM, begin
from playwright.sync_api import Browser, expect
from running import Kiosk

from venues.desk import Desk
from venues.ledger import FILE, Piece

pytestmark = NEEDS_CHROMIUM
NAMES = {"zh-Hant": "北投 <b>溫泉</b> 新館", "en": "Beitou New House", "th": "เป่ยโถวใหม่"}


def rename(place: Kiosk) -> None:
    """What a staff member does at the desk, from another process: names in venue.toml, approved."""
    piece = Piece("beitou", "", "venue.toml", FILE)
    with Desk.open(place.data) as desk:
        text = desk.store.heads("beitou")[piece].text
        for tag, name in NAMES.items():
            text = re.sub(rf"(?<=\[name\]\n)((?:.+\n)*?){tag} = .*", rf'\1{tag} = "{name}"', text)
        entry = desk.write(piece, text, "林", base=desk.store.states("beitou")[piece].number)
        desk.store.approve("beitou", {piece: entry.number}, "林")


def test_a_new_name_of_the_venue_is_shown_without_a_restart(place: Kiosk, chromium: Browser) -> None:
    waiting, visited, followed = (chromium.new_page() for _ in range(3))
    waiting.clock.install()
    waiting.goto(place.url)
    expect(waiting.locator("#venue h1")).to_contain_text("北投溫泉區")
    expect(waiting).to_have_title("北投溫泉區")
    begin(visited, place.url, "日本語")
    expect(visited).to_have_title("北投温泉")

    rename(place)
    waiting.clock.fast_forward(31_000)
    expect(waiting.locator("#venue h1")).to_contain_text(NAMES["zh-Hant"])
    expect(waiting.locator("#venue h1")).to_contain_text(NAMES["en"])
    expect(waiting).to_have_title(NAMES["zh-Hant"])
    # The visitor before goes on undisturbed; the next one finds the new name.
    expect(visited).to_have_title("北投温泉")
    visited.locator("#home").click()
    expect(visited.locator("#venue h1")).to_contain_text(NAMES["zh-Hant"])
    visited.get_by_role("button", name="ไทย").click()
    expect(visited).to_have_title(NAMES["th"])
    visited.goto(place.url)
    expect(visited.locator("#venue h1")).to_contain_text(NAMES["zh-Hant"])
    expect(visited).to_have_title(NAMES["zh-Hant"])
    followed.goto(f"{place.url}/follow/?language=th")
    expect(followed.locator("#join-title h1")).to_be_visible()
    expect(followed).to_have_title(re.compile("|".join(NAMES.values())))
