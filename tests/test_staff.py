import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browsing import NEEDS_CHROMIUM, begin, browser, strangers
from playwright.sync_api import Browser, Page, expect
from running import Kiosk
from staffed import PASSWORD, desk_of, open_text, staffed, tab

from ui.server.accounts import Accounts
from ui.server.attempts import PER_NAME
from ui.server.inbox import LONGEST, MOST, Inbox
from venues.desk import Desk
from venues.ledger import Piece

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with staffed(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture(scope="module")
def one_browser() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def chromium(one_browser: Browser) -> Iterator[Browser]:
    yield one_browser
    for context in one_browser.contexts:
        context.close()


def client(place: Kiosk) -> httpx.Client:
    return httpx.Client(base_url=place.url, headers={"Origin": place.url, "Accept": "text/html"}, trust_env=False)


def token(page: httpx.Response) -> str:
    return re.findall(r'name="token" value="([^"]+)"', page.text)[0]


def log_in(client: httpx.Client, name: str, password: str = PASSWORD) -> httpx.Response:
    filled = {"name": name, "password": password, "token": token(client.get("/staff/login"))}
    return client.post("/staff/login", data=filled)


def told_to_visitors(place: Kiosk, stop: str, kind: str, language: str) -> str:
    with Desk.open(place.data) as desk:
        return desk.guide("beitou").passages[stop, kind, language].text


# The door


def test_without_a_session_there_is_nothing_but_the_login_page(place: Kiosk) -> None:
    with client(place) as http:
        for path in ("/staff", "/staff/", "/staff/en/", "/staff/zh-Hant/"):
            answer = http.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/staff/login"), path
        for path in ("/staff/en/config", "/staff/en/gradio_api/info", "/staff/en/gradio_api/startup-events",
                     "/staff/pictures/x.svg", "/staff/en/gradio_api/queue/data"):  # fmt: skip
            assert http.get(path, headers={"Accept": "*/*"}).status_code == 401, path
        assert http.post("/staff/en/gradio_api/queue/join", json={}).status_code == 401
        assert http.get("/staff/login").headers["cache-control"] == "no-store"


def test_the_cookie_is_for_the_desk_alone_and_ends_with_logout(place: Kiosk) -> None:
    with client(place) as http:
        answer = log_in(http, "林美惠")
        assert (answer.status_code, answer.headers["location"]) == (303, "/staff")
        cookie = answer.headers["set-cookie"].lower()
        for part in ("path=/staff;", "httponly", "samesite=strict", "max-age=28800"):
            assert part in cookie
        assert "secure" not in cookie
        assert http.get("/staff/en/config").status_code == 200
        kept = http.cookies["staff-session"]
        assert http.post("/staff/logout").headers["location"] == "/staff/login"
        assert http.get("/staff/en/config", headers={"Accept": "*/*"}).status_code == 401
        http.cookies.set("staff-session", kept, path="/staff")
        assert http.get("/staff/en/config", headers={"Accept": "*/*"}).status_code == 401
        forged = kept[:10] + ("A" if kept[10] != "A" else "B") + kept[11:]
        http.cookies.set("staff-session", forged, path="/staff")
        assert http.get("/staff/en/config", headers={"Accept": "*/*"}).status_code == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", ""])
def test_another_sites_page_changes_nothing(place: Kiosk, origin: str) -> None:
    with client(place) as http:
        log_in(http, "林美惠")
        headers = {"Origin": origin}
        for path in ("/staff/en/gradio_api/queue/join", "/staff/en/gradio_api/upload", "/staff/logout", "/staff/login"):
            answer = http.post(path, json={}, headers=headers)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "other-origin"), path
        assert http.get("/staff/en/config").status_code == 200


def test_a_login_needs_the_pages_own_token(place: Kiosk) -> None:
    with client(place) as http:
        http.get("/staff/login")
        for wrong in ("", "x"):
            filled = {"name": "林美惠", "password": PASSWORD, "token": wrong}
            assert http.post("/staff/login", data=filled).status_code == 403
        assert http.post("/staff/login", content=b"name=" + b"x" * 9000).status_code == 413


def test_who_guesses_has_to_wait_even_with_the_right_password(place: Kiosk) -> None:
    with client(place) as http:
        for _ in range(PER_NAME):
            assert log_in(http, "王小明", "不是這個密碼啦").status_code == 401
        answer = log_in(http, "王小明")
        assert answer.status_code == 429
        assert re.search(r"Try again in 1\d minutes", answer.text)
        assert int(answer.headers["retry-after"]) > 0
        answer = http.get("/staff/login", headers={"Accept-Language": "zh-TW,en;q=0.5"})
        assert "登入" in answer.text
        assert log_in(http, "陳大文").status_code == 303


# The desk


@NEEDS_CHROMIUM
def test_staff_edits_and_approves_and_visitors_get_it_without_a_restart(place: Kiosk, chromium: Browser) -> None:
    page = desk_of(chromium, place, "陳大文")
    outside = strangers(page.context)
    open_text(page, "library", "ja")
    field = page.locator("#staff-text textarea")
    before = field.input_value()
    assert told_to_visitors(place, "library", "short", "ja") == before
    field.fill(before + "静かにお楽しみください。")
    page.locator("#staff-save").click()
    expect(page.locator("#staff-state")).to_contain_text("Draft")
    expect(page.locator("#staff-changes")).to_contain_text("静かにお楽しみください。")
    assert told_to_visitors(place, "library", "short", "ja") == before
    page.locator("#staff-approve").click()
    expect(page.locator("#staff-state")).to_contain_text("Approved")
    expect(page.locator("#staff-state")).to_contain_text("陳大文")
    assert told_to_visitors(place, "library", "short", "ja").endswith("静かにお楽しみください。")
    assert outside == []


@NEEDS_CHROMIUM
def test_what_is_approved_at_the_desk_stands_on_a_kiosk_that_was_open_all_the_time(
    place: Kiosk, chromium: Browser
) -> None:
    visitor = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    begin(visitor, place.url, "Русский")
    visitor.locator("#guide-tab-button").click()
    stop, transcript = (
        visitor.locator("#guide-stops button[data-stop=library]"),
        visitor.locator("#guide-reader .transcript"),
    )
    stop.click()
    expect(visitor.locator("#guide-title .state")).to_have_text("Ещё не подтверждено сотрудниками")
    visitor.locator("#guide-back").click()

    staff = desk_of(chromium, place, "陳大文", "zh-Hant")
    open_text(staff, "library", "ru")
    staff.locator("#staff-text textarea").fill("Библиотека «Бэйтоу» открыта до девяти вечера.")
    staff.locator("#staff-save").click()
    expect(staff.locator("#staff-state")).to_contain_text("草稿")
    stop.click()
    expect(transcript).to_be_visible()
    expect(transcript).not_to_contain_text("девяти")
    visitor.locator("#guide-back").click()
    staff.locator("#staff-approve").click()
    expect(staff.locator("#staff-state")).to_contain_text("已核可")

    stop.click()
    expect(transcript).to_have_text("Библиотека «Бэйтоу» открыта до девяти вечера.")
    expect(visitor.locator("#guide-title .state")).to_have_text("Проверено сотрудниками")


@NEEDS_CHROMIUM
def test_of_two_editors_in_conflict_neither_loses_a_word(place: Kiosk, chromium: Browser) -> None:
    first, second = desk_of(chromium, place, "김민준"), desk_of(chromium, place, "陳大文")
    for page in (first, second):
        open_text(page, "station", "ko")
    first.locator("#staff-text textarea").fill("민준이 쓴 글입니다.")
    first.locator("#staff-save").click()
    expect(first.locator("#staff-state")).to_contain_text("Draft")
    second.locator("#staff-text textarea").fill("대문이 쓴 글입니다.")
    second.locator("#staff-save").click()
    expect(second.locator("#staff-conflict")).to_contain_text("김민준 has changed this text")
    expect(second.locator("#staff-other textarea")).to_have_value("민준이 쓴 글입니다.")
    expect(second.locator("#staff-text textarea")).to_have_value("대문이 쓴 글입니다.")
    second.locator("#staff-take-theirs").click()
    expect(second.locator("#staff-text textarea")).to_have_value("민준이 쓴 글입니다.")
    expect(second.locator("#staff-other textarea")).to_have_value("대문이 쓴 글입니다.")
    second.locator("#staff-text textarea").fill("둘이 함께 쓴 글입니다.")
    second.locator("#staff-save").click()
    expect(second.locator("#staff-conflict")).to_be_hidden()
    with Desk.open(place.data) as desk:
        texts = [entry.text for entry in desk.store.ledger(Piece("beitou", "station", "short", "ko"))]
    assert texts[-2:] == ["민준이 쓴 글입니다.", "둘이 함께 쓴 글입니다."]


@NEEDS_CHROMIUM
def test_an_editor_cannot_approve_nor_bring_an_approval_back(place: Kiosk, chromium: Browser) -> None:
    piece = Piece("beitou", "park", "short", "ru")
    with Desk.open(place.data) as desk:
        desk.store.approve("beitou", {piece: 1}, "陳大文")
        desk.write(piece, "Новый текст.", "陳大文", base=2)
    page = desk_of(chromium, place, "김민준")
    open_text(page, "park", "ru")
    page.locator("#staff-approve").click()
    expect(page.get_by_text("Only people with this role may do that: Approver")).to_be_visible()
    page.locator("#staff-history button").first.click()
    page.locator("#staff-entry input").click()
    page.get_by_role("option", name=re.compile("^2 ·")).click()
    page.locator("#staff-revert").click()
    expect(page.locator("#staff-state")).to_contain_text("김민준")
    with Desk.open(place.data) as desk:
        entries = desk.store.ledger(piece)
    assert [(entry.action, entry.status) for entry in entries[-2:]] == [("edit", "draft"), ("edit", "draft")]
    assert entries[-1].text == entries[0].text


@NEEDS_CHROMIUM
def test_what_is_not_saved_is_not_dropped_when_another_text_is_opened(place: Kiosk, chromium: Browser) -> None:
    page = desk_of(chromium, place, "김민준", "zh-Hant")
    open_text(page, "park", "th")
    page.locator("#staff-text textarea").fill("ข้อความที่ยังไม่ได้บันทึก")
    page.get_by_role("tab", name="文稿", exact=True).click()
    page.locator("#staff-grid button[data-stop=station][data-language=th]").click()
    expect(page.get_by_text("有尚未儲存的內容")).to_be_visible()
    expect(page.locator("#staff-text textarea")).to_have_value("ข้อความที่ยังไม่ได้บันทึก")
    expect(page.locator("#staff-stop input")).to_have_value("北投公園")
    page.locator("#staff-discard").click()
    expect(page.locator("#staff-text textarea")).not_to_have_value("ข้อความที่ยังไม่ได้บันทึก")


@NEEDS_CHROMIUM
def test_a_text_is_heard_and_seen_before_it_is_published(place: Kiosk, chromium: Browser) -> None:
    page = desk_of(chromium, place, "김민준")
    open_text(page, "park", "de")
    page.locator("#staff-text textarea").fill("Ein <b>stiller</b> Park.")
    page.locator("#staff-preview").click()
    expect(page.locator("#staff-card article")).to_contain_text("Ein <b>stiller</b> Park.")
    page.locator("#staff-listen").click()
    expect(page.locator("#staff-sound")).to_be_visible(timeout=20_000)
    page.locator("#staff-discard").click()
    expect(page.locator("#staff-text textarea")).not_to_have_value("Ein <b>stiller</b> Park.")
    page.locator("#staff-draft").click()
    expect(page.get_by_text("interpreter models pull cpu")).to_be_visible(timeout=20_000)


# Tables, pictures, files, people


def type_into(page: Page, table: str, row: int, column: int, text: str) -> None:
    """Type into a cell of a spreadsheet; rows and columns count from 0."""
    page.locator(f"{table} [data-testid='cell-{row}-{column}']").dblclick()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@NEEDS_CHROMIUM
def test_terms_are_checked_saved_and_approved_as_a_table(place: Kiosk, chromium: Browser) -> None:
    page = desk_of(chromium, place, "陳大文")
    tab(page, "Terms")
    expect(page.locator("#staff-terms")).to_contain_text("xinbeitou")
    type_into(page, "#staff-terms", 0, 1, "plaace")
    page.locator("#staff-terms-save").click()
    expect(page.get_by_text("line 2: kind 'plaace' is not allowed; did you mean 'place'?")).to_be_visible()
    type_into(page, "#staff-terms", 0, 1, "place")
    type_into(page, "#staff-terms", 0, 2, "溫泉鄉")
    page.locator("#staff-terms-save").click()
    expect(page.locator("#staff-terms-state")).to_contain_text("陳大文")
    with Desk.open(place.data) as desk:
        assert "溫泉鄉" not in desk.terms_text("beitou")
    page.locator("#staff-terms-approve").click()
    expect(page.locator("#staff-terms-state")).to_contain_text("Approved")
    with Desk.open(place.data) as desk:
        assert "beitou,place,溫泉鄉," in desk.terms_text("beitou")


@NEEDS_CHROMIUM
def test_a_phrase_of_the_book_becomes_the_venues_own(place: Kiosk, chromium: Browser) -> None:
    page = desk_of(chromium, place, "陳大文")
    tab(page, "Phrases")
    page.locator("#staff-phrasebook input").fill("thanks")
    page.get_by_role("option").first.click()
    page.locator("#staff-adopt").click()
    table = page.locator("#staff-phrases")
    expect(table).to_contain_text("Supplied")
    phrase = table.get_by_test_id("cell-0-0").inner_text().strip()
    type_into(page, "#staff-phrases", 0, 2, "非常感謝您的光臨。")
    page.locator("#staff-phrases-save").click()
    expect(table).to_contain_text("Draft")
    page.locator("#staff-phrases-approve").click()
    expect(table).to_contain_text("Approved")
    with Desk.open(place.data) as desk:
        (row,) = [row for row in desk.phrase_rows("beitou") if (row.id, row.language) == (phrase, "zh-Hant")]
    assert (row.text, row.status) == ("非常感謝您的光臨。", "approved")


@NEEDS_CHROMIUM
def test_a_picture_is_verified_and_the_kiosk_shows_it_when_it_is_approved(
    place: Kiosk, chromium: Browser, tmp_path: Path
) -> None:
    bad, good = tmp_path / "壞.svg", tmp_path / "好.svg"
    bad.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>', encoding="utf-8")
    good.write_text('<svg xmlns="http://www.w3.org/2000/svg"><title>車站</title></svg>', encoding="utf-8")
    page = desk_of(chromium, place, "陳大文")
    tab(page, "Pictures")
    expect(page.locator("#staff-picture img")).to_be_visible()
    before = httpx.get(f"{place.url}/v1/venues/beitou/stops/station/image", trust_env=False).content
    page.get_by_test_id("Choose another picture-upload-button").set_input_files(bad)
    expect(page.get_by_text("which is not allowed in a picture")).to_be_visible()
    page.get_by_test_id("Choose another picture-upload-button").set_input_files(good)
    expect(page.locator("#staff-picture")).to_contain_text("Draft")
    type_into(page, "#staff-alt", 0, 1, "一座老車站。")
    page.locator("#staff-alt-save").click()
    expect(page.locator("#staff-picture p").nth(1)).to_contain_text("Draft")
    assert httpx.get(f"{place.url}/v1/venues/beitou/stops/station/image", trust_env=False).content == before
    page.locator("#staff-picture-approve").click()
    expect(page.locator("#staff-picture p").nth(1)).to_contain_text("Approved")
    shown = httpx.get(f"{place.url}/v1/venues/beitou/stops/station/image", trust_env=False)
    assert shown.content == good.read_bytes()
    with Desk.open(place.data) as desk:
        assert desk.guide("beitou").images["station"].alt["zh-Hant"] == "一座老車站。"


@NEEDS_CHROMIUM
def test_a_venue_goes_out_and_comes_in_again(place: Kiosk, chromium: Browser, tmp_path: Path) -> None:
    page = desk_of(chromium, place, "陳大文")
    tab(page, "Import and export")
    page.locator("#staff-export-make").click()
    with page.expect_download() as waiting:
        page.locator("#staff-export-take").click()
    path = tmp_path / "beitou.zip"
    waiting.value.save_as(path)
    page.locator("#staff-pack input[type=file]").set_input_files(path)
    expect(page.locator("#staff-pack")).to_contain_text("beitou")
    page.locator("#staff-import").last.click()
    expect(page.locator("#staff-import-result")).to_contain_text("The same", timeout=20_000)


@NEEDS_CHROMIUM
def test_only_an_administrator_sees_users_and_switches_the_inbox(place: Kiosk, chromium: Browser) -> None:
    page = desk_of(chromium, place, "김민준")
    expect(page.get_by_role("tab", name="Users", exact=True)).to_have_count(0)
    tab(page, "Inbox")
    expect(page.locator("#staff-inbox")).to_contain_text("The inbox is off")
    expect(page.locator("#staff-switch input")).to_be_disabled()
    page = desk_of(chromium, place, "林美惠")
    tab(page, "Inbox")
    page.locator("#staff-switch input").check()
    expect(page.locator("#staff-inbox")).to_contain_text("Nothing has come in yet")
    Inbox(place.data / "inbox.sqlite").add("question", "温泉に<b>入れ墨</b>で入れますか？", "ja", "public-bath")
    tab(page, "Users")
    page.locator("#staff-new-name").get_by_label("Name").fill("นภา")
    page.locator("#staff-new-password").get_by_label("Password").fill(PASSWORD)
    page.locator("#staff-add").click()
    expect(page.locator("#staff-users")).to_contain_text("นภา")
    user = Accounts(place.data).check("นภา", PASSWORD)
    assert user is not None
    assert user.role == "editor"
    tab(page, "Inbox")
    expect(page.locator("#staff-inbox")).to_contain_text("温泉に<b>入れ墨</b>で入れますか？")
    page.locator("#staff-inbox").get_by_role("button", name="Done").click()
    expect(page.locator("#staff-inbox")).to_contain_text("Nothing has come in yet")
    assert Inbox(place.data / "inbox.sqlite").list() == ()


def test_the_inbox_keeps_nothing_unless_it_is_on_and_forgets_when_it_goes_off(tmp_path: Path) -> None:
    path = tmp_path / "inbox.sqlite"
    inbox = Inbox(path)
    inbox.add("wrong", "這句不對", "zh-Hant")
    assert not path.exists()
    inbox.switch(True, "林美惠")
    assert Inbox(path).on
    for number in range(3):
        inbox.add("wrong", f"這句不對{number}" + "長" * 2 * LONGEST, "zh-Hant", "Thank you")
    assert [note.text[:5] for note in inbox.list()] == ["這句不對2", "這句不對1", "這句不對0"]
    assert all(len(note.text) == LONGEST for note in inbox.list())
    inbox.switch(False, "林美惠")
    assert inbox.list() == ()
    assert "這句不對".encode() not in path.read_bytes()


def test_the_inbox_is_bounded(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.sqlite")
    inbox.switch(True, "林美惠")
    for number in range(MOST + 3):
        inbox.add("question", f"問題 {number}", "zh-Hant")
    assert len(inbox.list()) == MOST
    assert inbox.list()[0].text == f"問題 {MOST + 2}"
