"""What the README says exists, and what exists is in the README."""

import dataclasses
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import typer.main

import venues.phrases
import venues.terms
from interpreter.cards import COLUMNS, ENGINES, PROFILES
from interpreter.events import Event
from interpreter.languages import OTHER, PHRASEBOOK
from interpreter.phrases import PHRASE_COLUMNS
from ui.command_line import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> dict[str, list[str]]:
    """Every command with its long options."""
    found = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        subcommands = getattr(command, "commands", None)
        for path, each in (
            {f"{name} {sub}": each for sub, each in subcommands.items()}.items() if subcommands else [(name, command)]
        ):
            found[path] = [option for parameter in each.params for option in parameter.opts if option.startswith("--")]
    return found


def test_every_command_and_option_is_in_the_readme() -> None:
    for name, options in commands().items():
        assert f"`interpreter {name}" in README, name
        for option in options:
            assert option in README or option == "--output", (name, option)


def test_every_command_of_the_readme_exists() -> None:
    known = commands()
    for words in re.findall(r"interpreter ((?:models |venues |staff |benchmark )?[a-z]+)(?= [A-Z/.\-q]|`| \[)", README):
        assert words in known or words in ("models", "venues", "staff", "benchmark"), words
    own = re.sub(r"`(?:python tests/|chromium )[^`]*`", "", README)  # other programs have options of their own
    for option in set(re.findall(r"(--[a-z][a-z-]*)", own)):
        assert option == "--help" or any(option in options for options in known.values()), option


def test_events_columns_engines_and_languages_are_in_the_readme() -> None:
    for event in get_args(Event):
        assert f"`{event.__name__}`" in README
        assert dataclasses.is_dataclass(event)
    for word in (*COLUMNS, *ENGINES, *PROFILES):
        assert f"`{word}`" in README, word
    assert f"`{','.join(PHRASE_COLUMNS)}`" in README
    for columns in (venues.phrases.COLUMNS, venues.terms.COLUMNS):
        assert f"\n{','.join(columns)}\n" in README
    for language in PHRASEBOOK:
        assert f"`{language.tag}` {language.endonym}" in README
    for language in OTHER:
        assert f"`{language.tag}`" in README


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.split("## From Python")[1], re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "温泉博物館" in done.stdout


def test_files_named_in_the_readme_exist() -> None:
    for name in re.findall(r"`((?:interpreter|tests|ui)/[\w./]+)`", README):
        assert (ROOT / name).exists(), name
