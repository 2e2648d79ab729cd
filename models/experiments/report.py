"""Tables and plots of the experiments, as one Markdown page and one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edge_app.errors import InputError
from edge_app.files import whole_file
from models.experiments import paper
from models.experiments.clips import ClipRow
from models.experiments.judge import FREE, FULL, Result
from models.experiments.plan import LIGHTS, PLACES
from models.experiments.tables import Violation, accuracy, grouped, overall, violations

# Between these lines is hand-written text about the figures; the command keeps it.
BY_HAND = "<!-- by hand: `report` keeps what stands from here -->"
TO_HERE = "<!-- to here -->"


def written_by_hand(path: Path) -> str:
    """The hand-written text of the existing page; empty if there is no page.

    Raises:
        InputError: the page lacks the two lines, so that rewriting it would lose text.
    """
    if not path.exists():
        return ""
    _, begun, rest = path.read_text(encoding="utf-8").partition(f"{BY_HAND}\n")
    words, ended, _ = rest.partition(TO_HERE)
    if not (begun and ended):
        raise InputError(
            f"{path} lacks the lines '{BY_HAND}' and '{TO_HERE}' around hand-written text: add "
            "them, or delete the page"
        )
    return words.strip("\n")


def page(
    variants: dict[str, list[Result]], joints: list[Result], clips: Sequence[ClipRow], said: str,
    words: str = "",
) -> str:  # fmt: skip
    """The page.

    Args:
        variants: the same scenes judged by each variant of the counter, "full" under a strict test,
            and in free practice.
        joints: scenes counted from exact joints, without camera and network.
        said: the commands that made them.
        words: the hand-written text, see `written_by_hand`.
    """
    results = variants[FULL]
    reps = sum(len(r.judged) for r in results)
    parts = [
        "# The paper's experiments on rendered students\n",
        f"Made by\n\n{said}\n",
        f"{len(results)} scenes of {reps} repetitions were rendered from a seed, seen by the "
        "network at 15 frames per second, and counted under a strict test (`china-sit-up`, "
        "`ippt-push-up`, a strict squat). Their truth is known exactly; no real person is shown. "
        "Nothing here ran on a Jetson. `models/experiments/README.md` describes the scenes and "
        "the measures.\n",
        f"{BY_HAND}\n\n{words}\n\n{TO_HERE}\n" if words else f"{BY_HAND}\n{TO_HERE}\n",
        "![Count accuracy by place and light, and the ablation](experiments.png)\n",
        _places(results, variants[FREE]), _lights(results, variants[FREE]),
        _people(variants[FREE]), _violations(results, joints), _ablation(variants, clips),
    ]  # fmt: skip
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def cell(results: Sequence[Result]) -> str:
    """Count accuracy in percent, with the number of scenes behind it."""
    return f"{_percent(accuracy(results))} ({len(results)})" if results else "–"


def proper(results: Sequence[Result]) -> list[Result]:
    """The scenes without faults, as counted by the paper."""
    return [r for r in results if not r.plan.faulty]


def _places(strict: Sequence[Result], free: Sequence[Result]) -> str:
    by = grouped(proper(free), lambda r: (r.plan.place, r.plan.light))
    rows = []
    for where in PLACES:
        own = [r for r in free if r.plan.place == where]
        tested = [r for r in strict if r.plan.place == where]
        cells = [cell(by.get((where, light), [])) for light in LIGHTS]
        rows.append([where, *cells, cell(proper(own)), str(paper.PLACES[where]), cell(tested)])
    return (
        "## Count accuracy by environment and light (figure 8)\n\n"
        "Percent, number of scenes in brackets. Free practice on scenes without faults, as in "
        "the paper; last column: all scenes under the strict test, faulty repetitions rejected.\n\n"
        + _table(["", *LIGHTS, "ours", "paper", "strict, with faults"], rows)
        + f"\nAll places: free practice {cell(proper(free))}, strict test on the same scenes "
        f"{cell(proper(strict))}, strict test on all {cell(strict)}.\n"
    )


def _lights(strict: Sequence[Result], free: Sequence[Result]) -> str:
    rows = []
    for light, level in LIGHTS.items():
        own = [r for r in free if r.plan.light == light]
        tested = [r for r in strict if r.plan.light == light]
        rows.append([f"{level} ({light})", cell(proper(own)), f"{paper.LIGHTS[level]}",
                     cell(proper(tested)), cell(tested)])  # fmt: skip
    head = ["light", "ours", "paper", "strict, no faults", "strict, with faults"]
    return "## Count accuracy by light (table 3)\n\n" + _table(head, rows)


def _people(free: Sequence[Result]) -> str:
    by = grouped(proper(free), lambda r: r.plan.person)
    return (
        "## Count accuracy by person (table 2)\n\nFree practice, scenes without faults. The "
        f"paper's 20 people lie between {paper.PEOPLE[0]} and {paper.PEOPLE[1]}.\n\n"
        + _table(["person", *(str(person + 1) for person in by)],
                 [["ours", *(cell(own) for own in by.values())]])
    )  # fmt: skip


def _violations(results: Sequence[Result], joints: Sequence[Result]) -> str:
    exact = {(v.exercise, v.fault): v for v in violations(joints)}
    rows = [_violation_row(v, exact.get((v.exercise, v.fault))) for v in violations(results)]
    precision, recall = overall(results)
    text = (
        "## Violations (table 3)\n\n"
        + _table(
            ["exercise", "violation", "reps", "found", "named", "precision of the name", "ACC",
             "reported after s", "paper ACC", "paper s", "found, exact joints"], rows)
        + f"\nDoes a repetition count? Overall: precision {precision:.3f}, recall {recall:.3f} "
        "of the faulty ones, without faults of the far hand only."
    )  # fmt: skip
    if joints:
        precision, recall = overall(joints)
        text += (
            f" With exact joints: precision {precision:.3f}, recall {recall:.3f} "
            f"({sum(len(r.judged) for r in joints)} repetitions)."
        )
    return text + "\n"


def _violation_row(ours: Violation, exact: Violation | None) -> list[str]:
    published = paper.VIOLATIONS.get(ours.fault)
    return [
        ours.exercise, ours.fault, str(ours.reps), _percent(ours.recall), _percent(ours.named),
        _percent(ours.precision), _percent(ours.accuracy), f"{ours.told_s:.1f}",
        "–" if published is None else f"{published}",
        "–" if published is None else f"{paper.TOLD_S[ours.fault]}",
        "–" if exact is None else f"{_percent(exact.recall)} ({exact.reps})",
    ]  # fmt: skip


def _ablation(variants: dict[str, list[Result]], clips: Sequence[ClipRow]) -> str:
    real = {row.variant: row for row in clips}
    rows = []
    for variant, results in variants.items():
        row = real.get(variant)
        rows.append([
            variant, cell(results), cell([r for r in results if not r.plan.faulty]),
            f"{_percent(row.accuracy)} ({row.clips})" if row else "–",
            _percent(row.within_one) if row else "–", _percent(row.exact) if row else "–",
            str(row.ghosts) if row else "–", str(paper.ABLATION.get(variant, "–")),
        ])  # fmt: skip
    return "## Ablation (figure 10)\n\n" + _table(
        ["variant", "scenes", "scenes, no faults", "real clips", "within one", "exact", "ghosts",
         "paper"], rows)  # fmt: skip


def plot(variants: dict[str, list[Result]], folder: Path) -> None:
    """Draws figure 8 and figure 10 as PNG beside the page."""
    from matplotlib.figure import Figure

    figure = Figure((9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[2, 1])
    results = proper(variants[FREE])
    for number, light in enumerate(LIGHTS):
        own = [[r for r in results if (r.plan.place, r.plan.light) == (p, light)] for p in PLACES]
        at = [place + 0.27 * (number - 1) for place in range(len(PLACES))]
        colour = ("#e8b84a", "#c8643c", "#33415c")[number]
        left.bar(at, [100 * accuracy(each) for each in own], 0.25, label=light, color=colour)
    marks = [paper.PLACES[where] for where in PLACES]
    left.plot(range(len(PLACES)), marks, "k_", markersize=26, label="paper, all lights")
    left.set_xticks(range(len(PLACES)), PLACES)
    left.set_ylim(0, 109)
    left.set_ylabel("count accuracy, %")
    left.legend(ncols=4, fontsize=7, loc="upper center")
    ours = [100 * accuracy(each) for each in variants.values()]
    right.bar(range(len(ours)), ours, 0.5, color="#33415c", label="ours")
    for number, variant in enumerate(variants):
        if variant in paper.ABLATION:
            right.plot(number, paper.ABLATION[variant], "k_", markersize=30)
    right.set_xticks(range(len(ours)), [name.replace(" ", "\n") for name in variants], fontsize=7)
    right.set_ylim(0, 109)
    right.set_title("figure 10 (– paper)", fontsize=9)
    left.set_title("figure 8: free practice, scenes without faults", fontsize=9)
    with whole_file(folder / "experiments.png") as beside:
        figure.savefig(beside, dpi=110, format="png")
