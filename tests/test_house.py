"""The house as it is drawn: who may import whom, and that asking for help is quick because little is loaded."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGINE_FOLDERS = ("stt", "translation", "tts")
ENGINES_MAY_USE = {
    "audio",
    "languages",
    "errors",
    "phrases",
    "numerals",
    "espeak",
    "chinese",
    "thai",
    "axes",
    "checkpoint",
    "repetition",
}
"""Besides their own folder; anything else would make an engine know of sessions, models or each other."""


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            found |= {f"{module}.{alias.name}" for alias in node.names} | {module}
    return found


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", files("interpreter") + files("venues"), ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_one_way(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    forbidden = {
        "interpreter": ("ui", "venues", "gradio", "fastapi", "typer"),
        "venues": ("ui", "interpreter", "gradio"),
    }
    for name in imports(path):
        assert name.split(".")[0] not in forbidden[room], f"{path} imports {name}"


@pytest.mark.parametrize(
    "path", [path for folder in ENGINE_FOLDERS for path in files(f"interpreter/{folder}")],
    ids=lambda path: str(path.relative_to(ROOT)),
)  # fmt: skip
def test_engines_know_little(path: Path) -> None:
    own = path.relative_to(ROOT / "interpreter").parts[0]
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "interpreter" and len(parts) > 1:
            assert parts[1] in ENGINES_MAY_USE | {own}, f"{path} imports {name}"


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from ui import command_line; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {
        "gradio",
        "fastapi",
        "uvicorn",
        "numpy",
        "torch",
        "transformers",
        "ctranslate2",
        "av",
        "onnxruntime",
        "pocketsphinx",
    } & set(loaded)
