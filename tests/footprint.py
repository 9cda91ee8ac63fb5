"""What the embedded profile costs: time of ``--help``, resident memory, and memory after two hours of audio.

The audio is pink noise with the shipped question once a minute; it is interpreted from English into Japanese by the
installed program, once for a minute and once for two hours. Peak resident memory is what the system reports for the
finished process.

Usage: python tests/footprint.py
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import soundfile
from sounds import pink_noise, question

PROGRAM = str(Path(sys.executable).with_name("interpreter"))


def peak(words: list[str]) -> tuple[float, int]:
    """Seconds, and peak resident memory in MB, of one run of the program."""
    began = time.perf_counter()
    process = subprocess.Popen([PROGRAM, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - began, usage.ru_maxrss // 1024


def main() -> None:
    """Print the figures."""
    helped = statistics.median(peak(["--help"])[0] for _ in range(7))
    minute = pink_noise(60, 0.003)
    minute[16_000 : 16_000 + len(question())] += question()
    megabytes = {}
    with tempfile.TemporaryDirectory() as folder:
        for minutes in (1, 120):
            path = Path(folder) / f"{minutes}.flac"
            with soundfile.SoundFile(path, "w", 16_000, 1) as file:
                for _ in range(minutes):
                    file.write(minute)
            megabytes[minutes] = peak(["interpret", str(path), "--from", "en", "--to", "ja", "-o", f"{folder}/a.wav"])[
                1
            ]
    print(f"--help: {helped:.2f} s (median of 7)")
    print(f"embedded profile: {megabytes[1]} MB resident after one minute, {megabytes[120]} MB after two hours")
    print(json.dumps({"help_seconds": helped, "minute_mb": megabytes[1], "two_hours_mb": megabytes[120]}))


if __name__ == "__main__":
    main()
