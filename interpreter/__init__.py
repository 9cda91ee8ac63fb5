"""Speech in, another language out, on the machine in front of you.

The package knows nothing of venues or web pages: phrases and terms come in as plain rows,
audio as :class:`interpreter.audio.Audio`, and what happens goes out as events.
"""

import os

# Libraries that report home unless they are told not to, told before any of them is imported: ONNX Runtime since 1.29
# sends events with a device id, also on Linux. Nothing leaves a venue's machine.
for _name in ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
    os.environ.setdefault(_name, "1")
