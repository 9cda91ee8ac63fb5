"""Pulling models: from folders, and from a double of the hub over real sockets (tests/hub_double.py)."""

from __future__ import annotations

import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_double import HubDouble, serving

from interpreter import lock
from interpreter.cards import ModelCard, parse
from interpreter.errors import ModelError
from interpreter.models import available, load_recognizer, load_speaker, load_translator
from interpreter.pull import check, pull

CHECKPOINTS = Path(__file__).parent / "checkpoints"
HEADER = "name role profile engine source licence use languages options\n"


def card_of(line: str, folder: Path = CHECKPOINTS) -> ModelCard:
    (card,) = parse(HEADER + line, folder / "models.txt")
    return card


def vits(source: str = "hf:館/聲", options: str = "-") -> ModelCard:
    return card_of(f"聲-es tts cpu vits {source} Apache-2.0 commercial es {options}")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubDouble]:
    shutil.copytree(CHECKPOINTS / "vits", tmp_path / "hub" / "venue" / "voice" / "main")
    with serving(tmp_path / "hub") as double:
        yield double


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "資料"


VOICE = "hf:venue/voice"


# --- from a folder


@pytest.mark.parametrize(
    ("line", "load"),
    [
        ("耳 stt cpu whisper dir:whisper Apache-2.0 commercial en,ja quantization=int8", load_recognizer),
        ("譯 translation cpu seq2seq dir:m2m100 Apache-2.0 commercial en,ja family=m2m100", load_translator),
        ("聲 tts cpu vits dir:vits Apache-2.0 commercial es -", load_speaker),
        ("鶴 tts cpu kokoro dir:kokoro Apache-2.0 commercial es -", load_speaker),
    ],
)
def test_a_folder_is_converted_locked_and_loaded(line: str, load: object, data: Path) -> None:
    card = card_of(line)
    assert available([card], data) == frozenset()
    assert pull([card], data) == (card.name,)
    assert available([card], data) == {card.name}
    assert [str(report) for report in check(data)] == [f"{card.name}: ok"]
    assert not any((data / "partial").iterdir())
    assert callable(load)
    engine = load(card, data=data)
    assert engine.name == card.name


def test_what_is_there_and_unchanged_is_not_pulled_again(tmp_path: Path, data: Path) -> None:
    shutil.copytree(CHECKPOINTS / "vits", tmp_path / "聲")
    card = card_of("聲 tts cpu vits dir:聲 Apache-2.0 commercial es -", tmp_path)
    assert pull([card], data) == ("聲",)
    assert pull([card], data) == ()
    (tmp_path / "聲" / "vocab.json").write_text('{"<pad>": 0, "a": 1, "<unk>": 2}', encoding="utf-8")
    assert pull([card], data) == ("聲",)


def test_the_lock_names_source_and_sums(data: Path) -> None:
    pull([card_of("聲 tts cpu vits dir:vits Apache-2.0 commercial es -")], data)
    entry = json.loads(lock.lock_file(data).read_text(encoding="utf-8"))["models"]["聲"]
    assert entry["source"] == f"dir:{CHECKPOINTS / 'vits'}"
    assert entry["revision"] == ""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", entry["pulled"])
    known = lock.hash_file(CHECKPOINTS / "vits" / "vocab.json")
    assert entry["files"]["vocab.json"] == {"sha256": known.sha256, "size": known.size}
    assert set(entry["source_files"]) == {"config.json", "model.safetensors", "tokenizer_config.json", "vocab.json"}


def test_another_quantization_is_another_model(data: Path) -> None:
    line = "耳 stt cpu whisper dir:whisper Apache-2.0 commercial en quantization={}"
    int8, float32 = (card_of(line.format(form)) for form in ("int8", "float32"))
    pull([int8], data)
    small = (lock.model_folder("耳", data) / "model.bin").stat().st_size
    assert available([float32], data) == frozenset()
    assert pull([float32], data) == ("耳",)
    assert (lock.model_folder("耳", data) / "model.bin").stat().st_size > 2 * small
    assert available([int8], data) == frozenset()


def test_check_tells_what_is_wrong(data: Path) -> None:
    card = card_of("聲 tts cpu vits dir:vits Apache-2.0 commercial es -")
    pull([card], data)
    folder = lock.model_folder("聲", data)
    vocabulary = (folder / "vocab.json").read_text(encoding="utf-8")
    (folder / "vocab.json").write_text(vocabulary.replace("a", "e"), encoding="utf-8")
    assert [(each.state, each.files) for each in check(data)] == [("changed file", ("vocab.json",))]
    assert "run: interpreter models pull 聲" in str(check(data)[0])
    (folder / "vocab.json").unlink()
    assert [(each.state, each.files) for each in check(data)] == [("missing file", ("vocab.json",))]
    assert available([card], data) == frozenset()
    assert pull([card], data) == ("聲",)
    (folder / "夾帶.txt").write_text("?", encoding="utf-8")
    assert [(each.state, each.files) for each in check(data)] == [("not in lock", ("夾帶.txt",))]
    shutil.copytree(folder, folder.with_name("來路不明"))
    assert {each.name: each.state for each in check(data)}["來路不明"] == "not in lock"


def test_pickled_weights_are_refused(tmp_path: Path, data: Path) -> None:
    folder = shutil.copytree(CHECKPOINTS / "vits", tmp_path / "聲")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    card = card_of("聲 tts cpu vits dir:聲 Apache-2.0 commercial es -", tmp_path)
    with pytest.raises(ModelError, match=r"only as pytorch_model.bin.* refused"):
        pull([card], data)
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(ModelError, match=r"has no model.safetensors"):
        pull([card], data)


@pytest.mark.parametrize("head", [b"\x80\x02}q\x00.", b"PK\x03\x04archive/data.pkl"])
def test_a_pickle_under_another_name_is_refused(tmp_path: Path, data: Path, head: bytes) -> None:
    folder = shutil.copytree(CHECKPOINTS / "vits", tmp_path / "聲")
    (folder / "model.safetensors").write_bytes(head)
    card = card_of("聲 tts cpu vits dir:聲 Apache-2.0 commercial es -", tmp_path)
    with pytest.raises(ModelError, match=r"'model.safetensors' of '聲' is a pickle"):
        pull([card], data)
    assert check(data) == ()


def test_a_damaged_source_leaves_what_was_there(tmp_path: Path, data: Path) -> None:
    folder = shutil.copytree(CHECKPOINTS / "whisper", tmp_path / "耳")
    card = card_of("耳 stt cpu whisper dir:耳 Apache-2.0 commercial en -", tmp_path)
    pull([card], data)
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(ModelError, match="cannot be converted"):
        pull([card], data)
    assert available([card], data) == {"耳"}
    assert [each.state for each in check(data)] == ["ok"]


def test_an_interrupted_pull_leaves_nothing_half_loaded(data: Path) -> None:
    card = card_of("聲 tts cpu vits dir:vits Apache-2.0 commercial es -")

    def interrupt(name: str, done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(ModelError, match=r"interrupted; nothing half-pulled .*goes on where it stopped"):
        pull([card], data, interrupt)
    assert available([card], data) == frozenset()
    assert check(data) == ()
    assert pull([card], data) == ("聲",)


def test_two_pulls_at_once_are_one_too_many(data: Path) -> None:
    card = card_of("聲 tts cpu vits dir:vits Apache-2.0 commercial es -")
    complaints = []

    def second(name: str, done: int, total: int) -> None:
        try:
            pull([card], data)
        except ModelError as error:
            complaints.append(str(error))

    pull([card], data, second)
    assert complaints
    assert "another pull" in complaints[0]


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "資料").write_text("a file, no folder", encoding="utf-8")
    with pytest.raises(ModelError, match=r"cannot be written .*INTERPRETER_DATA"):
        pull([card_of("聲 tts cpu vits dir:vits Apache-2.0 commercial es -")], tmp_path / "資料")


# --- from the double of the hub


def test_the_hub_is_asked_for_the_revision_and_the_files_needed(hub: HubDouble, data: Path) -> None:
    main = hub.folder / "venue" / "voice" / "main"
    (main / "pytorch_model.bin").write_bytes(b"\x80\x02}q\x00.")
    (main / "photograph.png").write_bytes(b"png")
    (main / "LICENSE").write_text("許可", encoding="utf-8")
    told: list[tuple[str, int, int]] = []

    def progress(name: str, done: int, total: int) -> None:
        told.append((name, done, total))

    card = vits(VOICE)
    assert pull([card], data, progress, hub.address) == (card.name,)
    entry = lock.read(data)[card.name]
    assert entry.revision == hub.revision(main)
    assert set(entry.files) == {"LICENSE", "config.json", "model.safetensors", "tokenizer_config.json", "vocab.json"}
    assert entry.files == entry.source_files
    total = sum(file.size for file in entry.files.values())
    assert {(name, whole) for name, _, whole in told} == {(card.name, total)}
    steps = [done for _, done, _ in told]
    assert steps == sorted(steps)
    assert steps[-1] == total
    assert len(set(steps)) > 4
    assert not any("pytorch_model" in line or "photograph" in line for line in hub.asked)
    assert load_speaker(card, data=data).name == card.name


def test_an_unchanged_revision_is_not_fetched_again(hub: HubDouble, data: Path) -> None:
    card = vits(VOICE)
    pull([card], data, endpoint=hub.address)
    hub.asked.clear()
    assert pull([card], data, endpoint=hub.address) == ()
    assert [line for line in hub.asked if "resolve" in line] == []
    (hub.folder / "venue" / "voice" / "main" / "config.json").write_text(
        (CHECKPOINTS / "vits" / "config.json").read_text(encoding="utf-8") + "\n", encoding="utf-8"
    )
    before = lock.read(data)[card.name].revision
    assert pull([card], data, endpoint=hub.address) == (card.name,)
    assert lock.read(data)[card.name].revision != before


def test_an_interrupted_download_goes_on_with_the_next_file(hub: HubDouble, data: Path) -> None:
    card = vits(VOICE)

    def interrupt(name: str, done: int, total: int) -> None:
        if (lock.partial_folder(name, data) / "source" / "model.safetensors").exists():
            raise KeyboardInterrupt

    with pytest.raises(ModelError, match="was interrupted"):
        pull([card], data, interrupt, hub.address)
    assert available([card], data) == frozenset()
    hub.asked.clear()
    assert pull([card], data, endpoint=hub.address) == (card.name,)
    assert not any(line.startswith("GET") and "model.safetensors" in line for line in hub.asked)


@pytest.fixture
def large(hub: HubDouble) -> Path:
    """Weights large enough to be cut in the middle; nobody loads them."""
    file = hub.folder / "venue" / "voice" / "main" / "model.safetensors"
    file.write_bytes(b"\2\0\0\0\0\0\0\0{}" + bytes(24_000_000))
    return file


@pytest.mark.parametrize("how", ["connection breaks", "ctrl-c"])
def test_a_download_goes_on_inside_the_file(hub: HubDouble, large: Path, data: Path, how: str) -> None:
    card = vits(VOICE)
    if how == "ctrl-c":

        def interrupt(name: str, done: int, total: int) -> None:
            if done >= 15_000_000:
                raise KeyboardInterrupt

        with pytest.raises(ModelError, match="was interrupted"):
            pull([card], data, interrupt, hub.address)
        assert check(data) == ()
    else:
        hub.breaks_after = 15_000_000
    assert pull([card], data, endpoint=hub.address) == (card.name,)
    weights = [line for line in hub.asked if line.startswith("GET") and large.name in line]
    assert len(weights) == 2
    assert re.search(r"bytes=[12]\d{7}-$", weights[1])
    assert lock.read(data)[card.name].files[large.name] == lock.hash_file(large)


def test_a_file_that_is_not_what_the_hub_promised_is_thrown_away(hub: HubDouble, data: Path) -> None:
    hub.lies.add("model.safetensors")
    with pytest.raises(ModelError, match=r"'model.safetensors' .* arrived damaged"):
        pull([vits(VOICE)], data, endpoint=hub.address)
    assert check(data) == ()


def test_pickled_weights_are_never_fetched(hub: HubDouble, data: Path) -> None:
    main = hub.folder / "venue" / "voice" / "main"
    (main / "model.safetensors").rename(main / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"'hf:venue/voice' has its weights only as pytorch_model.bin"):
        pull([vits(VOICE)], data, endpoint=hub.address)
    assert not any("resolve" in line for line in hub.asked)


def test_safetensors_beside_the_main_branch_are_found(hub: HubDouble, data: Path) -> None:
    main = hub.folder / "venue" / "voice" / "main"
    beside = shutil.copytree(main, main.with_name("pr7"))
    (main / "model.safetensors").rename(main / "pytorch_model.bin")
    card = vits(VOICE, "safetensors=refs/pr/7")
    assert pull([card], data, endpoint=hub.address) == (card.name,)
    assert lock.read(data)[card.name].revision == hub.revision(beside)
    assert load_speaker(card, data=data).name == card.name


def test_kokoros_files_keep_their_folders(hub: HubDouble, data: Path) -> None:
    shutil.copytree(CHECKPOINTS / "kokoro", hub.folder / "venue" / "crane" / "main")
    card = card_of("鶴 tts cpu kokoro hf:venue/crane Apache-2.0 commercial es,it -")
    pull([card], data, endpoint=hub.address)
    assert set(lock.read(data)["鶴"].files) == {
        "onnx/model.onnx", "tokenizer.json", "voices/ef_dora.bin", "voices/if_sara.bin",
    }  # fmt: skip
    assert list(load_speaker(card, data=data).speak("Hola", "es"))


def test_what_the_hub_does_not_have_or_show(hub: HubDouble, data: Path) -> None:
    with pytest.raises(ModelError, match="has no 'venue/nobody'"):
        pull([vits("hf:venue/nobody")], data, endpoint=hub.address)
    hub.gated.add("venue/voice")
    with pytest.raises(ModelError, match=r"accept its terms.*hf auth login"):
        pull([vits(VOICE)], data, endpoint=hub.address)


def test_a_hub_that_cannot_be_reached(data: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(ModelError, match="cannot be reached") as caught:
            pull([vits(VOICE)], data, endpoint=address)
    assert "\n" not in str(caught.value)
    assert "run: interpreter models pull 聲-es" in str(caught.value)
