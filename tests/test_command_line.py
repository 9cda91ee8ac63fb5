"""The commands as a person types them: the installed program, in another process, in an empty folder."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sounds import QUESTION, music, pink_noise, question

from interpreter.audio import Audio, read, to_pcm16

PROGRAM = Path(sys.executable).with_name("interpreter")


def run(folder: Path, *words: str | Path, **more: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "INTERPRETER_DATA": str(folder / "data"), "PYTHONPATH": ""}
    return subprocess.run(
        [PROGRAM, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False, **more
    )  # type: ignore[call-overload]


def refused(done: subprocess.CompletedProcess[str], status: int, *says: str) -> None:
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    for each in says:
        assert each in last, last
    assert done.stdout == ""


def test_the_question_is_answered_in_spoken_japanese(tmp_path: Path) -> None:
    done = run(tmp_path, "interpret", QUESTION, "--to", "ja", "-o", "answer.wav")
    assert done.returncode == 0, done.stderr
    assert "温泉博物館はどこですか" in done.stdout
    answer = read(tmp_path / "answer.wav")
    assert 1.5 < answer.duration < 4
    assert -35 < answer.level < -10
    assert {path.name for path in tmp_path.iterdir()} <= {"answer.wav", "data"}


def test_events_come_as_json_lines_in_their_order(tmp_path: Path) -> None:
    done = run(tmp_path, "interpret", QUESTION, "--to", "zh-Hant", "--from", "en", "--events")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    names = [event["type"] for event in events if event["type"] != "Partial"]
    assert names[:4] == ["SpeechStarted", "SpeechEnded", "Final", "Translated"]
    assert set(names[4:]) == {"Spoken"}
    final = events[[event["type"] for event in events].index("Final")]
    assert "hot spring museum" in final["text"].lower()
    assert events[-1]["audio"]["seconds"] > 0.5


def test_a_microphone_may_be_a_pipe(tmp_path: Path) -> None:
    environment = {**os.environ, "INTERPRETER_DATA": str(tmp_path)}
    process = subprocess.Popen(
        [PROGRAM, "interpret", "-", "--to", "ja", "--from", "en", "--events"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(to_pcm16(Audio(np.concatenate([question(), np.zeros(16_000, np.float32)]), 16_000)))
    process.stdin.flush()
    # The answer comes while the microphone stays open.
    names = []
    while "Spoken" not in names:
        names.append(json.loads(process.stdout.readline())["type"])
    process.stdin.close()
    assert process.wait(60) == 0
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()


def test_transcribe_tells_language_and_times(tmp_path: Path) -> None:
    done = run(tmp_path, "transcribe", QUESTION, "--language", "en", "--json")
    (final,) = json.loads(done.stdout)
    assert (final["language"], final["certain"]) == ("en", True)
    assert 0 <= final["start"] < 0.7
    assert 2.8 < final["end"] < 4


def test_translate_tells_where_it_comes_from(tmp_path: Path) -> None:
    done = run(tmp_path, "translate", "請問洗手間在哪裡？", "--from", "zh-Hant", "--to", "ko")
    assert done.returncode == 0
    assert "phrasebook: direction.where-is (supplied)" in done.stdout
    as_json = run(tmp_path, "translate", "-", "--from", "zh-Hant", "--to", "ko", "--json", input="請問洗手間在哪裡？")
    assert json.loads(as_json.stdout)["text"] == done.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("tag", "text"), [("th", "ขอบคุณมาก"), ("ru", "Где находится музей?"), ("ja", "ありがとうございます。")]
)
def test_speak_writes_speech(tmp_path: Path, tag: str, text: str) -> None:
    done = run(tmp_path, "speak", text, "--language", tag, "-o", "聲音.wav")
    assert done.returncode == 0, done.stderr
    audio = read(tmp_path / "聲音.wav")
    assert audio.duration > 0.5
    assert audio.level > -40


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["translate", "こんにちは", "--from", "jp", "--to", "en"], 2, ["'jp'", "ja"]),
        (["translate", "你好", "--from", "zh", "--to", "en"], 2, ["zh-Hant", "zh-Hans"]),
        (["translate", "你好", "--from", "zh-Hant", "--to", "fil"], 2, ["interpreter models pull"]),
        (["translate", " \u200f\n", "--from", "en", "--to", "ja"], 2, ["empty"]),
        (["translate", "宇宙は広い", "--from", "ja", "--to", "en"], 1, ["nearest phrases", "interpreter models pull"]),
        (["speak", "", "--language", "ja", "-o", "a.wav"], 2, ["empty"]),
        (["speak", "はい", "--language", "ja", "-o", "none/a.wav"], 1, ["mkdir -p"]),
        (["speak", "はい", "--language", "ja", "-o", "a.doc"], 2, [".wav"]),
        (["speak", "はい", "--language", "ja", "-o", "/dev/full"], 2, ["/dev/full"]),
        (["interpret", "none.wav", "--to", "ja"], 1, ["'none.wav' does not exist"]),
        (["interpret", "text.wav", "--to", "ja", "-o", "a.wav"], 1, ["not an audio file"]),
        (["transcribe", "empty.wav"], 1, ["is empty"]),
        (["translate", "x", "--from", "en", "--to", "ja", "--profile", "huge"], 2, ["embedded, cpu, gpu"]),
        (["translate", "x", "--from", "en", "--to", "ja", "--use", "fun"], 2, ["commercial, research"]),
        (["translate", "x", "--from", "en", "--to", "ja", "--device", "tpu"], 2, ["auto, cpu, cuda"]),
        (["translate", "x", "--from", "en", "--to", "ja", "--models", "none.txt"], 1, ["none.txt", "--models"]),
        (["translate", "x", "--from", "en", "--to", "ja", "--models", "text.wav"], 1, ["text.wav"]),
        (["models", "pull", "whisper"], 2, ["whisper-"]),
        (["interpret", "text.wav"], 2, ["--to"]),
        (["intepret"], 2, ["interpret"]),
    ],
)  # fmt: skip
def test_wrong_use_gets_one_sentence(tmp_path: Path, words: list[str], status: int, says: list[str]) -> None:
    (tmp_path / "text.wav").write_text("這不是聲音", encoding="utf-8")
    (tmp_path / "empty.wav").touch()
    done = run(tmp_path, *words)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    for each in says:
        assert each in done.stderr
    assert done.stdout == ""
    assert {path.name for path in tmp_path.iterdir()} <= {"text.wav", "empty.wav", "data"}


@pytest.mark.parametrize("sound", [pink_noise, music])
def test_what_is_no_speech_is_not_answered(tmp_path: Path, sound) -> None:
    soundfile.write(tmp_path / "a.flac", sound(6), 16_000)
    done = run(tmp_path, "interpret", "a.flac", "--to", "ja", "--from", "en", "-o", "answer.wav", "--events")
    refused(done, 1, "no speech was understood")
    assert not (tmp_path / "answer.wav").exists()


def test_an_unreachable_hub_is_said(tmp_path: Path) -> None:
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "INTERPRETER_DATA": str(tmp_path)}
    done = subprocess.run(
        [PROGRAM, "models", "pull", "whisper-base"], env=environment, capture_output=True, text=True, check=False
    )
    refused(done, 1, "cannot be reached", "interpreter models pull whisper-base")


def test_a_long_text_with_anything_in_it_is_answered_or_refused(tmp_path: Path) -> None:
    text = "🙂 مرحبا \u202e\u0007 やあ " * 6_000
    refused(run(tmp_path, "translate", "-", "--from", "ja", "--to", "en", input=text), 1, "phrasebook")


def test_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    environment = {**os.environ, "INTERPRETER_DATA": str(tmp_path / "data")}
    process = subprocess.Popen(
        [PROGRAM, "interpret", "-", "--to", "ja", "--from", "en", "-o", "answer.wav"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert process.stderr is not None
    process.stderr.readline()  # it has begun to load its engines
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in errors.decode()
    assert "stopped" in errors.decode()
    assert not list(tmp_path.glob("*.wav"))
    assert not list(tmp_path.glob(".answer*"))


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = run(tmp_path, "--help").stdout
    for command in ("transcribe", "translate", "speak", "interpret", "models", "benchmark"):
        assert command in shown


def test_wrong_words_get_one_line_and_the_way_to_the_right_ones(tmp_path: Path) -> None:
    for words, says in (
        (("speak",), "missing argument 'text'; see interpreter speak --help."),
        (("venues", "status"), "missing argument 'VENUE'; see interpreter venues status --help."),
        (("spek",), "no such command 'spek'. Did you mean 'speak'? See interpreter --help."),
        (("speak", "說", "--sprache", "zh-Hant"), "no such option: --sprache"),
    ):
        done = run(tmp_path, *words)
        refused(done, 2, says)
        assert done.stderr.count("\n") == 1
    shown = run(tmp_path, "venues")
    assert shown.returncode == 2
    assert shown.stderr.count("\n") > 10


def test_models_list_shows_the_verdicts(tmp_path: Path) -> None:
    rows = {row["name"]: row for row in json.loads(run(tmp_path, "models", "list", "--json").stdout)}
    assert rows["pocketsphinx"]["installed"] is True
    assert rows["nllb-200-600m"]["use"] == "research"
    assert not any(row["installed"] for row in rows.values() if row["source"].startswith("hf:"))


def test_what_is_printed_is_utf_8_whatever_the_locale_says(tmp_path: Path) -> None:
    environment = {**os.environ, "INTERPRETER_DATA": str(tmp_path / "data"), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [PROGRAM, "translate", "Hello.", "--from", "en", "--to", "ja"],
        cwd=tmp_path, env=environment, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "こんにちは" in done.stdout.decode("utf-8")


def test_bytes_that_are_no_text_are_spoken_without_them(tmp_path: Path) -> None:
    done = subprocess.run(
        [os.fsencode(PROGRAM), b"speak", b"Hello \xff\xed\xa0\x80", b"--language", b"en", b"-o", b"a.wav"],
        cwd=tmp_path, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert read(tmp_path / "a.wav").duration > 0.3


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_a_closed_standard_input_is_said(tmp_path: Path) -> None:
    for words in ("interpret - --to ja", "translate - --from en --to ja"):
        done = subprocess.run(
            ["sh", "-c", f"'{PROGRAM}' {words} <&-"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        refused(done, 2, "standard input is closed")


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_a_service_manager_that_stops_it_finds_nothing_half_written(tmp_path: Path) -> None:
    text = "The museum is open today. " * 3_000
    with subprocess.Popen(
        [PROGRAM, "speak", "-", "--language", "en", "-o", "a.wav"],
        cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(text.encode())
        process.stdin.close()
        for _ in range(100):
            if list(tmp_path.glob(".a-*")):
                break
            time.sleep(0.1)
        process.terminate()
        process.wait(30)
    assert process.returncode == 1
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".wav"] == []


def test_no_library_reports_home(tmp_path: Path) -> None:
    code = "import interpreter, os; print(os.environ['ORT_DISABLE_TELEMETRY'], os.environ['HF_HUB_DISABLE_TELEMETRY'])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1 1\n"
