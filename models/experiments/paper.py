"""The paper's own figures, for comparison.

Song & Chen, Informatica 48 (2024) 35-50, section 4.1. The paper gives no formula for its accuracy.
"""

from __future__ import annotations

# Figure 8 in words (the bars of the three lights carry no numbers).
PLACES = {"playground": 96, "outdoor": 96, "gym": 94, "laboratory": 92, "dormitory": 88}
PEOPLE = (92, 94)  # table 2, the lowest and highest of 20 people
LIGHTS = {"high": 96.31, "medium": 94.34, "low": 90.29}  # table 3
VIOLATIONS = {"support": 95.15, "feet": 93.32, "unilateral": 94.30, "standing": 91.28}  # table 3
TOLD_S = {"support": 2.16, "feet": 2.27, "unilateral": 1.31, "standing": 2.32}  # table 3
ABLATION = {"full": 94, "without interval optimisation": 78}  # figure 10
