"""Speech in, another language out, on the machine in front of you.

The package knows nothing of venues or web pages: phrases and terms come in as plain rows,
audio as :class:`interpreter.audio.Audio`, and what happens goes out as events.
"""
