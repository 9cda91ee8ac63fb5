"""Licences of models: what each allows, so that a models.txt cannot call a research model commercial.

Ids are those of SPDX (https://spdx.org/licenses); licences SPDX does not list begin with ``LicenseRef-``, as it asks.
This is a reading aid for whoever sets the program up, not legal advice: the licence text decides.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

USES: tuple[str, ...] = ("commercial", "restricted", "research")
"""Verdicts, from the freest to the narrowest: any use; any use outside the named restriction; research only."""


@dataclass(frozen=True)
class Licence:
    """One licence and what it allows."""

    id: str
    """SPDX id, or ``LicenseRef-...``."""
    use: str
    """One of :data:`USES`."""
    note: str = ""
    """What it asks for or forbids, one clause; for a restricted licence, the restriction."""


LICENCES: dict[str, Licence] = {
    licence.id: licence
    for licence in (
        Licence("Apache-2.0", "commercial"),
        Licence("MIT", "commercial"),
        Licence("BSD-2-Clause", "commercial"),
        Licence("BSD-3-Clause", "commercial"),
        Licence("CC0-1.0", "commercial"),
        Licence("CC-BY-3.0", "commercial", "name the authors"),
        Licence("CC-BY-4.0", "commercial", "name the authors"),
        Licence("CC-BY-SA-4.0", "commercial", "name the authors; changed versions stay under the same licence"),
        Licence("GPL-3.0-or-later", "commercial", "whoever passes it on passes its source on too"),
        Licence("CC-BY-NC-4.0", "research", "no commercial use"),
        Licence("CC-BY-NC-SA-4.0", "research", "no commercial use"),
        Licence("LicenseRef-Gemma", "restricted", "Google's list of prohibited uses applies and goes on to your users"),
        Licence(
            "LicenseRef-Tencent-HY-Community",
            "restricted",
            "not in the European Union; Tencent's acceptable use policy applies",
        ),
        Licence(
            "LicenseRef-Tencent-Hunyuan-Community",
            "restricted",
            "not in the European Union, the United Kingdom or South Korea; Tencent's acceptable use policy applies",
        ),
    )
}
"""The licences a models.txt may name."""


def problem(licence: str, use: str) -> str | None:
    """What is wrong with this pair of licence and verdict: one sentence, or None when they fit.

    A verdict may be narrower than its licence (the weights are MIT but their training data is not), never wider.
    """
    if licence not in LICENCES:
        near = difflib.get_close_matches(licence, LICENCES, n=1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'? " if near else ""
        return f"'{licence}' is no licence known here; {hint}The licences are {', '.join(LICENCES)}."
    widest = LICENCES[licence].use
    if USES.index(use) < USES.index(widest):
        return f"'{use}' is wider than {licence} allows ({LICENCES[licence].note}); write '{widest}'."
    return None
