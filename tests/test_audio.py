import os
import shutil
import struct
import threading
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from interpreter.audio import Audio, check_writable, from_pcm16, join, read, stream, stream_pcm, to_pcm16, write
from interpreter.errors import AudioError, InterpreterError


def tone(seconds: float, rate: int = 16_000, frequency: float = 440.0) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def encode(path: Path, codec: str, rate: int, layout: str = "mono", container: str | None = None) -> Path:
    with av.open(str(path), "w", format=container) as file:
        track = file.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(
            np.repeat(tone(2, rate)[None], 2 if layout == "stereo" else 1, axis=0), format="fltp", layout=layout
        )
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=track.format, layout=layout, rate=rate, frame_size=track.frame_size or None
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(track.encode(piece))
        file.mux(track.encode(None))
    return path


def pitch(audio: Audio) -> float:
    middle = audio.samples[len(audio.samples) // 4 : 3 * len(audio.samples) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    return float(np.argmax(spectrum) * audio.rate / len(middle))


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000, 192_000])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "FLOAT", "PCM_U8"])
def test_wav_of_any_rate_and_depth_is_read(tmp_path: Path, rate: int, subtype: str) -> None:
    soundfile.write(tmp_path / "音.wav", tone(1, rate), rate, subtype)
    audio = read(tmp_path / "音.wav")
    assert audio.rate == 16_000
    assert audio.duration == pytest.approx(1.0, abs=0.01)
    assert pitch(audio) == pytest.approx(440, abs=3)


@pytest.mark.parametrize("channels", [2, 6, 8])
def test_channels_are_mixed_down(tmp_path: Path, channels: int) -> None:
    soundfile.write(tmp_path / "a.wav", np.repeat(tone(1)[:, None], channels, axis=1), 16_000)
    mixed = read(tmp_path / "a.wav")
    assert pitch(mixed) == pytest.approx(440, abs=3)
    soundfile.write(tmp_path / "one.wav", tone(1), 16_000)
    assert mixed.level == pytest.approx(read(tmp_path / "one.wav").level, abs=0.1)


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.mp3", "libmp3lame", 44_100),
        ("a.flac", "flac", 48_000),
        ("a.ogg", "libopus", 48_000),
        ("a.opus", "libopus", 48_000),
        ("a.m4a", "aac", 44_100),
        ("a.webm", "libopus", 48_000),
    ],
)
def test_usual_formats_are_read(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    audio = read(encode(tmp_path / name, codec, rate, "stereo"))
    assert audio.duration == pytest.approx(2.0, abs=0.15)
    assert pitch(audio) == pytest.approx(440, abs=3)


def test_blocks_are_of_one_length_and_lose_nothing(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(1.234), 16_000)
    blocks = list(stream(tmp_path / "a.wav"))
    assert {len(block.samples) for block in blocks[:-1]} == {1_600}
    assert sum(len(block.samples) for block in blocks) == int(1.234 * 16_000)


def damaged(folder: Path, kind: str) -> Path:
    path = folder / f"{kind}.wav"
    if kind == "missing":
        return path
    if kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("這不是聲音。\n" * 100, encoding="utf-8")
    elif kind == "length zero":
        soundfile.write(path, np.zeros(0, np.float32), 16_000)
    elif kind == "not a number":
        samples = tone(1)
        samples[8_000] = np.nan
        soundfile.write(path, samples, 16_000, "FLOAT")
    elif kind == "cut off":
        soundfile.write(path, tone(10), 16_000)
        path.write_bytes(path.read_bytes()[:100_000])
    elif kind == "no sound":
        with av.open(str(path), "w", format="matroska") as file:
            track = file.add_stream("mpeg4", rate=5)
            track.width = track.height = 16
            file.mux(track.encode(av.VideoFrame(16, 16, "yuv420p")))
            file.mux(track.encode(None))
    return path


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("missing", "does not exist"),
        ("folder", "is a folder"),
        ("empty", "is empty"),
        ("text", "not an audio file"),
        ("length zero", "no samples|not an audio file"),
        ("not a number", "no numbers"),
        ("cut off", "cut off"),
        ("no sound", "no sound"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, kind: str, says: str) -> None:
    path = damaged(tmp_path, kind)
    with pytest.raises(AudioError, match=says) as caught:
        read(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.flac", "flac"), ("a.m4a", "aac"), ("a.webm", "libopus"), ("a.mp3", "libmp3lame"), ("a.opus", "libopus"),
    ],
)  # fmt: skip
def test_a_cut_file_is_no_short_file(tmp_path: Path, name: str, codec: str) -> None:
    path = encode(tmp_path / name, codec, 48_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioError, match=r"cut off|not an audio file|damaged"):
        read(path)


def test_a_cut_ogg_file_is_no_short_file(tmp_path: Path) -> None:
    path = tmp_path / "a.ogg"
    soundfile.write(path, tone(20), 16_000, "VORBIS")
    assert read(path).duration == pytest.approx(20, abs=0.1)
    for part in (0.9, 0.99):
        (tmp_path / "cut.ogg").write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
        with pytest.raises(AudioError, match=r"is cut off|cut off after"):
            read(tmp_path / "cut.ogg")


def test_a_recorder_that_never_wrote_its_length_is_believed(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(1), 16_000, "PCM_16")
    data = bytearray((tmp_path / "a.wav").read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", 0xFFFFFFFF)
    (tmp_path / "a.wav").write_bytes(data)
    assert read(tmp_path / "a.wav").duration == pytest.approx(1.0, abs=0.01)


class Dribble:
    """A pipe that gives odd numbers of bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, size: int) -> bytes:
        piece, self.data = self.data[: min(size, 333)], self.data[min(size, 333) :]
        return piece


def test_raw_samples_survive_a_pipe_that_cuts_them_in_half() -> None:
    audio = Audio(tone(0.5), 16_000)
    blocks = stream_pcm(Dribble(to_pcm16(audio)))  # type: ignore[arg-type]
    assert np.array_equal(join(blocks).samples, from_pcm16(to_pcm16(audio), 16_000).samples)


@pytest.mark.parametrize("name", ["答.wav", "答.flac", "答.ogg"])
def test_what_is_written_can_be_read(tmp_path: Path, name: str) -> None:
    chunks = [Audio(tone(0.5, 24_000), 24_000), Audio(tone(0.7, 24_000), 24_000)]
    assert write(tmp_path / name, chunks) == pytest.approx(1.2)
    assert read(tmp_path / name).duration == pytest.approx(1.2, abs=0.02)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    def dying() -> object:
        yield Audio(tone(0.5), 16_000)
        raise RuntimeError("the voice died")

    (tmp_path / "a.wav").write_bytes(b"old")
    with pytest.raises(RuntimeError):
        write(tmp_path / "a.wav", dying())  # type: ignore[arg-type]
    with pytest.raises(AudioError, match="no sound"):
        write(tmp_path / "a.wav", [])
    assert (tmp_path / "a.wav").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("a.xyz", "ending"),
        ("none/a.wav", "mkdir -p"),
        ("folder.wav", "not a regular file"),
        ("link.wav", "not a regular file"),
        ("kept.wav", "may not be written to"),
    ],
)
def test_a_path_that_cannot_be_written_is_refused_before_any_work(tmp_path: Path, path: str, says: str) -> None:
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "kept.wav").write_bytes(b"old")
    (tmp_path / "kept.wav").chmod(0o444)
    (tmp_path / "link.wav").symlink_to("nowhere.wav")
    with pytest.raises(InterpreterError, match=says):
        check_writable(tmp_path / path)


@pytest.mark.skipif(not Path("/dev/full").exists() or shutil.which("mount") is None, reason="needs Linux")
def test_a_device_is_never_replaced_by_a_file() -> None:
    with pytest.raises(InterpreterError):
        check_writable(Path("/dev/full"))
    assert not Path("/dev/full").is_file()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_with_a_name_is_read(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(1), 16_000)
    os.mkfifo(tmp_path / "pipe")
    data = (tmp_path / "a.wav").read_bytes()
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(data))
    writer.start()
    assert read(tmp_path / "pipe").duration == pytest.approx(1.0, abs=0.01)
    writer.join(10)


def test_standard_input_is_read_ahead_while_nobody_listens() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb") as sink:
        blocks = stream_pcm(source)
        sink.write(b"\0\1" * 1_600)
        sink.flush()
        next(blocks)
        # A pipe holds 64 KiB; a minute of sound would block the recorder if nobody took it out.
        sink.write(b"\0\1" * 960_000)
        sink.close()
        assert sum(len(block.samples) for block in blocks) == 960_000
