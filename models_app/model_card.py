"""The model card of a version, in Markdown: what it is for, what it learned from, how good it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NOT_A_DEVICE = (
    "For research. It proposes labels that a person corrects and accepts; it is no medical device, and nothing that it "
    "draws is a finding."
)
FEW_SUBJECTS = 10
"""With fewer test subjects the card says that the intervals are too narrow."""


@dataclass(frozen=True)
class CardFacts:
    """What a card tells.

    Attributes
    ----------
    name, architecture, study, protocol : str
        Identity.
    inputs : sequence of str
        Roles, with their intensity scale.
    grid : str
        Voxel size and patch.
    labels : mapping of int to str
        What it draws.
    left_out : sequence of str
        Labels of the protocol that it does not draw.
    intended_use, limits : str
        In a person's words; empty where nobody wrote any.
    data : sequence of (str, str)
        What it learned from, by name.
    scores, overall : mapping
        As a version keeps them; `overall` may be None.
    sites : sequence of mapping
        `models_app.score_table.by_site`.
    latency : mapping or None
        As a version keeps it.
    provenance : sequence of (str, str)
        By name.
    history : sequence of str
        What happened to it, oldest first.
    """

    name: str
    architecture: str
    study: str
    protocol: str
    inputs: Sequence[str]
    grid: str
    labels: Mapping[int, str]
    left_out: Sequence[str]
    intended_use: str
    limits: str
    data: Sequence[tuple[str, str]]
    scores: Mapping[str, Mapping[str, Any]]
    overall: Mapping[str, Any] | None
    sites: Sequence[Mapping[str, Any]]
    latency: Mapping[str, Any] | None
    provenance: Sequence[tuple[str, str]]
    history: Sequence[str] = field(default_factory=tuple)


def card(facts: CardFacts) -> str:
    """Write the card."""
    drawn = ", ".join(facts.labels.values())
    use = facts.intended_use or (
        f"Proposes {drawn} on {' and '.join(facts.inputs)} of studies like {facts.study}, for people to correct."
    )
    parts = [
        f"# {_plain(facts.name)}",
        NOT_A_DEVICE,
        "## Intended use",
        use,
        "## Limits",
        facts.limits or "Nobody has written down limits beyond these:",
        _bullets(_known_limits(facts)),
        "## What it is",
        _table(
            ("", ""), [("architecture", facts.architecture), ("takes", ", ".join(facts.inputs)), ("grid", facts.grid)]
        ),
        _table(("label", "name"), [(str(value), name) for value, name in sorted(facts.labels.items())]),
        "## What it learned from",
        _table(("", ""), facts.data),
        "## How good it is",
        *_metrics(facts),
        "## Provenance",
        _table(("", ""), facts.provenance),
    ]
    if facts.history:
        parts += ["## History", _bullets(facts.history)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _known_limits(facts: CardFacts) -> list[str]:
    limits = []
    overall = facts.overall or {}
    subjects = overall.get("subjects") or 0
    if not overall.get("n"):
        limits.append("It was never scored on subjects that it did not learn from: nothing is known of how good it is.")
    elif subjects < FEW_SUBJECTS:
        limits.append(
            f"It was scored on {subjects} subject{'s' if subjects != 1 else ''}: the intervals are too narrow."
        )
    if len(facts.sites) == 1:
        limits.append(f"It was scored at one site ({facts.sites[0]['site']}): of others nothing is known.")
    for value, score in facts.scores.items():
        if score.get("mean") is None and overall.get("n"):
            limits.append(
                f"{facts.labels.get(int(value), value)} has no score: {score.get('undefined') or 'not scored'}."
            )
    if facts.left_out:
        limits.append(f"It does not draw {', '.join(facts.left_out)}.")
    return limits or ["none that follow from its scores"]


def _metrics(facts: CardFacts) -> list[str]:
    if not (facts.overall or {}).get("n"):
        return ["Not scored."]
    rows = [_score_row("mean over labels", facts.overall or {})]
    rows += [_score_row(facts.labels.get(int(value), value), score) for value, score in facts.scores.items()]
    header = ("Dice on the frozen test set", "mean", "95 % CI", "SD", "cases", "subjects")
    parts = [_table(header, rows)]
    if facts.sites:
        parts.append(
            _table(("site", *header[1:]), [_score_row(str(row["site"]), row["overall"]) for row in facts.sites])
        )
    parts.append("The interval is a percentile bootstrap that draws subjects. A missing number has no value, never 0.")
    if facts.latency:
        median, least, most = (facts.latency[f"{which}_seconds"] for which in ("median", "least", "most"))
        spread = f"median of {facts.latency['n']}, {least:.3g} to {most:.3g} s"
        parts.append(f"A case takes {median:.3g} s ({spread}) on {facts.latency['hardware']}.")
    return parts


def _score_row(name: str, score: Mapping[str, Any]) -> tuple[str, ...]:
    ci = score.get("ci")
    return (
        name,
        _number(score.get("mean")),
        f"{ci[0]:.3f} to {ci[1]:.3f}" if ci else "–",
        _number(score.get("sd")),
        str(score.get("n", 0)),
        str(score.get("subjects") or "–"),
    )


def _number(value: float | None) -> str:
    return f"{value:.3f}" if value is not None else "–"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_plain(cell) for cell in line)} |" for line in lines)


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {_plain(line)}" for line in lines)


def _plain(text: str) -> str:
    # A name from elsewhere must neither break a table nor become markup.
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")
