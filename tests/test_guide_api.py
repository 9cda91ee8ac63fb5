from collections.abc import Iterator

import httpx
import pytest
from running import Kiosk

from venues.pack import TAGS


@pytest.fixture(scope="module")
def api(place: Kiosk) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=place.url, timeout=60) as client:
        yield client


def refused(answer: httpx.Response, status: int) -> dict:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["message"].endswith((".", "pull cpu")), error
    assert set(error) >= {"message", "type", "param", "code"}
    return dict(error)


def test_a_phrase_is_translated_and_says_where_it_comes_from(api: httpx.Client) -> None:
    answer = api.post("/v1/translate", json={"text": "廁所在哪裡？", "source": "zh-TW", "target": "ko"}).json()
    assert answer["text"] == "화장실이 어디에 있나요?"
    assert answer["source"] == "zh-Hant"
    assert answer["origin"]["kind"] == "phrasebook"
    same = api.post("/v1/translate", json={"text": "貓", "source": "zh", "target": "zh-Hant"}).json()
    assert same["origin"]["kind"] == "same"


def test_what_is_not_in_the_book_names_the_nearest(api: httpx.Client) -> None:
    answer = api.post("/v1/translate", json={"text": "廁所在屋頂上唱歌", "source": "zh", "target": "th"})
    error = refused(answer, 422)
    assert error["code"] == "not_translated"
    assert any("洗手間" in each or "廁所" in each for each in error["nearest"])


@pytest.mark.parametrize("tag", TAGS)
def test_a_stop_is_told_in_every_language(api: httpx.Client, tag: str) -> None:
    venue = api.get("/v1/venues/beitou", params={"language": tag}).json()
    assert venue["name"]["language"] == tag
    assert [each["order"] for each in venue["stops"]] == sorted(each["order"] for each in venue["stops"])
    stop = api.get("/v1/venues/beitou/stops/hot-spring-museum", params={"language": tag}).json()
    assert {each["language"] for each in stop["texts"].values()} == {tag}
    assert {"title", "short", "long"} <= set(stop["texts"])
    assert stop["title"]["text"] == stop["texts"]["title"]["text"]
    assert stop["hours"][0]["open"] < stop["hours"][0]["close"]
    assert stop["hours"][0]["sources"]
    assert api.get(stop["image"]).headers["content-type"].startswith("image/")


def test_another_language_than_asked_for_says_so(api: httpx.Client) -> None:
    assert [each["id"] for each in api.get("/v1/venues").json()["data"]] == ["beitou", "shilin"]
    own = api.get("/v1/venues/beitou/stops/park").json()
    assert own["title"] == {"text": "北投公園", "language": "zh-Hant"}
    stops = [
        api.get(f"/v1/venues/shilin/stops/{each['id']}", params={"language": "it"}).json()
        for each in api.get("/v1/venues/shilin").json()["stops"]
    ]
    for stop in stops:
        for text in stop["texts"].values():
            assert text["state"] in ("approved", "supplied", "stale")
            assert text["language"] in ("it", "zh-Hant", "en")


def test_the_guide_answers_in_the_language_of_the_question(api: httpx.Client) -> None:
    asked = {"question": "온천박물관은 언제 문을 열어요?", "at": "2026-11-25T14:00"}
    answer = api.post("/v1/ask", json=asked).json()
    assert (answer["asked_in"], answer["supported"]) == ("ko", True)
    assert answer["id"] == "beitou/hot-spring-museum/hours"
    assert "18:00" in answer["text"]
    monday = api.post("/v1/ask", json={**asked, "at": "2026-11-23T14:00"}).json()
    assert monday["text"] != answer["text"]
    unknown = api.post("/v1/ask", json={"question": "シェフの猫の名前は何ですか", "language": "ja"}).json()
    assert unknown["supported"] is False
    assert unknown["id"] == ""


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "named"),
    [
        ("translate", {"text": "好"}, 422, "missing_parameter", "source"),
        ("translate", {"text": "？！", "source": "zh", "target": "en"}, 400, "invalid_text", "words"),
        ("translate", {"text": "好", "source": "xx", "target": "en"}, 400, "unknown_language", "xx"),
        ("translate", {"text": "好" * 5000, "source": "zh", "target": "en"}, 422, "invalid_parameter", "4096"),
        ("ask", {"question": ""}, 422, "invalid_parameter", "question"),
        ("ask", {"question": "？？"}, 400, "invalid_text", "words"),
        ("ask", {"question": "幾點開門？", "language": "ar"}, 400, "unknown_language", "ar"),
        ("ask", {"question": "幾點開門？", "venue": "beitu"}, 404, "not_found", "beitou"),
        ("ask", {"question": "幾點開門？", "at": "明天"}, 422, "invalid_parameter", "at"),
        ("ask", {"qestion": "幾點開門？"}, 422, "unknown_parameter", "qestion"),
        ("ask", None, 422, "missing_parameter", "body"),
    ],
)
def test_a_question_that_cannot_be_taken_gets_a_sentence(
    api: httpx.Client, path: str, body: dict | None, status: int, code: str, named: str
) -> None:
    error = refused(api.post(f"/v1/{path}", json=body), status)
    assert error["code"] == code
    assert named in error["message"]


def test_what_is_not_there_gets_a_sentence(api: httpx.Client) -> None:
    assert "park" in refused(api.get("/v1/venues/beitou/stops/parc"), 404)["message"]
    assert "beitou" in refused(api.get("/v1/venues/beitu"), 404)["message"]
    refused(api.get("/v1/venues/beitou/stops/parc/image"), 404)
    refused(api.get("/v1/venues/beitou", params={"language": "tlh"}), 400)
    refused(api.get("/v1/venues/北投"), 422)
    assert "/v1/openapi.json" in refused(api.get("/v1/nothing"), 404)["message"]
    answer = api.put("/v1/ask", json={})
    assert refused(answer, 405)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "POST"
    assert refused(api.post("/v1/ask", content=b"{", headers={"Content-Type": "application/json"}), 422)["code"] == (
        "invalid_json"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_openapi_describes_every_route_with_examples(api: httpx.Client) -> None:
    found = api.get("/v1/openapi.json").json()
    assert set(found["paths"]) == {
        "/v1/ready", "/v1/models", "/v1/models/{model}", "/v1/audio/transcriptions", "/v1/audio/translations",
        "/v1/audio/speech", "/v1/translate", "/v1/ask", "/v1/venues", "/v1/venues/{venue}",
        "/v1/venues/{venue}/stops/{stop}", "/v1/venues/{venue}/stops/{stop}/image",
        "/v1/venues/{venue}/stops/{stop}/{kind}/speech", "/v1/venues/{venue}/stops/{stop}/{kind}/speech/parts",
        "/v1/speech/{name}", "/v1/qr",
    }  # fmt: skip
    for path, methods in found["paths"].items():
        for method, route in methods.items():
            assert route.get("description"), path
            body = route.get("requestBody")
            assert (method == "post") == (body is not None)
            if path != "/v1/ready":
                problem = route["responses"]["422"]["content"]["application/json"]["schema"]["$ref"]
                assert problem.endswith("/Problems")
    schemas = found["components"]["schemas"]
    assert "溫泉博物館" in str(schemas["Speech"]["properties"]["input"])
    for name in ("Transcribed", "Interpreted", "Speech", "ToTranslate", "Question"):
        assert "examples" in str(schemas[name]), name
        for field, each in schemas[name]["properties"].items():
            assert each.get("description"), (name, field)
