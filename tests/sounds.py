"""Sounds that tests listen to: speech from the voices of the wheels, and what is no speech."""

import functools
from pathlib import Path

import numpy as np

from interpreter import espeak
from interpreter.audio import RATE, Audio, Samples, read

QUESTION = Path(__file__).parent.parent / "question.wav"


def resampled(samples: Samples, rate: int) -> Samples:
    """Linear interpolation to 16 kHz: good enough for a test, no dependency."""
    length = int(len(samples) * RATE / rate)
    return np.interp(np.arange(length) * rate / RATE, np.arange(len(samples)), samples).astype(np.float32)


@functools.cache
def speech(text: str, voice: str, speed: int = 150, variant: str = "") -> Samples:
    """Speech of eSpeak NG at 16 kHz."""
    samples, rate = espeak.synthesize(text, voice, speed, 50, variant)
    return resampled(samples.astype(np.float32) / 32_768, rate)


@functools.cache
def japanese(text: str, rate: float = 1.0) -> Samples:
    """Speech of Open JTalk at 16 kHz, at the level of a person near the microphone."""
    import pyopenjtalk

    samples, sampling_rate = pyopenjtalk.tts(text, speed=rate)
    spoken = resampled(samples.astype(np.float32), sampling_rate)
    return (0.5 * spoken / np.abs(spoken).max()).astype(np.float32)


@functools.cache
def question() -> Samples:
    """The question that comes with the project: "Excuse me, where is the hot spring museum?"."""
    return read(QUESTION).samples


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), dtype=np.float32)


def pink_noise(seconds: float, level: float = 0.05, seed: int = 7) -> Samples:
    """Noise whose power falls with frequency, as in a hall full of people."""
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    noise = np.fft.irfft(spectrum, count)
    return (level * noise / noise.std()).astype(np.float32)


def music(seconds: float) -> Samples:
    """Chords that change twice a second, with overtones and a decay, like a music box."""
    time = np.arange(int(seconds * RATE)) / RATE
    sound = np.zeros_like(time)
    for step in range(int(seconds * 2) + 1):
        since = time - step / 2
        envelope = np.where(since >= 0, np.exp(-3 * np.maximum(since, 0)), 0)
        for interval in (0, 4, 7):
            frequency = 220 * 2 ** (((step * 5) % 12 + interval) / 12)
            sound += envelope * sum(np.sin(2 * np.pi * frequency * n * time) / n for n in (1, 2, 3))
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def blocks(samples: Samples, size: int = 1_600) -> list[Audio]:
    """The samples as a microphone sends them."""
    return [Audio(samples[start : start + size], RATE) for start in range(0, len(samples), size)]
