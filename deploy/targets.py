"""The Pythons and CPUs that a bundle can hold wheels for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LOCKS = Path(__file__).with_name("locks")


@dataclass(frozen=True)
class Target:
    """One Python on one kind of CPU."""

    name: str  # as in wheel names: cp38-aarch64
    python: str  # 3.8
    machine: str  # as printed by `uname -m`
    glibc: int  # the 27 of 2.27, on the oldest supported system
    resolver_glibc: int  # the nearest one that the resolver knows; the download decides

    @property
    def lock(self) -> Path:
        """Every package with its version and hash, in pip's own format."""
        return LOCKS / f"{self.name}.txt"

    @property
    def pip_options(self) -> list[str]:
        """pip's options to choose wheels for this target on any machine."""
        options = ["--only-binary=:all:", "--implementation=cp", f"--python-version={self.python}"]
        options += [f"--platform=manylinux_2_{n}_{self.machine}" for n in range(self.glibc, 16, -1)]
        options.append(f"--platform=manylinux2014_{self.machine}")
        if self.machine == "x86_64":  # older wheels for Intel have older names
            options += ["--platform=manylinux2010_x86_64", "--platform=manylinux1_x86_64"]
            options += [f"--platform=manylinux_2_{n}_x86_64" for n in range(16, 4, -1)]
        return options


def _pair(python: str, arm_glibc: int, intel_glibc: int, resolver: tuple[int, int]) -> list[Target]:
    tag = "cp" + python.replace(".", "")
    return [
        Target(f"{tag}-aarch64", python, "aarch64", arm_glibc, resolver[0]),
        Target(f"{tag}-x86_64", python, "x86_64", intel_glibc, resolver[1]),
    ]


TARGETS = {
    target.name: target
    for target in [
        *_pair("3.8", 27, 31, (28, 31)),  # JetPack 4.6 and 5; Ubuntu 20.04
        *_pair("3.10", 35, 35, (35, 35)),  # JetPack 6; Ubuntu 22.04
        *_pair("3.11", 36, 36, (36, 36)),  # Debian 12
        *_pair("3.12", 39, 39, (39, 39)),  # JetPack 7; Ubuntu 24.04
        *_pair("3.13", 41, 41, (40, 40)),  # Debian 13
    ]
}
