"""Golden statistics: what this package makes of committed predictions, which ``lungfield evaluate`` is held against.

``tests/golden/predictions.csv`` has a row a film: its patient, whether it shows pneumonia, and the logit.
"""

import csv
import json
from pathlib import Path

import numpy as np

from . import metrics
from .calibrate import Answers, Calibration, Thresholds, at_point, measure

# Those of model 0.14.0, whose held-out films the predictions are; written with the numbers, so that these stand by themselves.
CALIBRATION = Calibration(temperature=1.081998, bias=0.0)
THRESHOLDS = Thresholds(operating_point=0.5, unlikely_below=0.207091, likely_from=0.822102, error_level=0.014)
POINTS = (0.228369, 0.5, 0.944836)


def read(predictions: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits f64 [N], targets f64 [N] (1 for pneumonia), and patients [N]."""
    with predictions.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    logits = np.array([float(row["logit"]) for row in rows])
    return logits, np.array([float(row["pneumonia"]) for row in rows]), np.array([row["patient"] for row in rows])


def statistics(predictions: Path) -> dict:
    """The calibration and thresholds, and what they give on these films, to the last digit."""
    logits, targets, patients = read(predictions)
    probabilities = CALIBRATION.probability(logits)
    found = measure(Answers(probabilities, THRESHOLDS), logits, targets, patients)
    found["brier"] = metrics.estimate(metrics.brier(probabilities, targets), len(targets))
    points = [{"probability": point, **at_point(probabilities, targets, point)} for point in POINTS]
    return {"calibration": vars(CALIBRATION), "thresholds": vars(THRESHOLDS), "metrics": found, "operating_points": points}


def write(folder: Path) -> None:
    """Writes ``statistics.json`` beside ``predictions.csv``."""
    text = json.dumps(statistics(folder / "predictions.csv"), indent=1)
    (folder / "statistics.json").write_text(text + "\n", encoding="utf-8")
