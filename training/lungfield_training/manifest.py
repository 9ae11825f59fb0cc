"""The model's manifest, but for the file's name, size and hash, which ``lungfield convert`` fills in."""

from . import export, network
from .calibrate import choose_thresholds, fit_calibration, full_scale, measure
from .films import Films
from .network import Network
from .train import Sides, predict

NAME, VERSION = "lungfield-mobilenetv2", "0.1.0"
POPULATION = (
    "Frontal chest X-rays of children aged 1 to 5 years. Not for adults, newborns, lateral films, or pictures that are "
    "not chest X-rays."
)
LICENCE = "MIT OR Apache-2.0; attribution of the training data (CC BY 4.0) must be kept"
DATA = (
    "Kermany D, Zhang K, Goldbaum M. Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images for "
    "Classification. Mendeley Data, 2018. Guangzhou Women and Children's Medical Center. CC BY 4.0. "
    "{n} films of {patients} patients, training set only."
)


def count(films: Films) -> str:
    normal = int((films.targets < 0.5).sum())
    patients = len(set(films.patients))
    return f"{len(films)} films ({normal} normal, {len(films) - normal} pneumonia) of {patients} patients"


def describe(model: Network, sides: Sides) -> dict:
    """Calibrates the model on the validation films and measures it on them."""
    views = sides.views()
    logits = {name: predict(model, view) for name, view in views.items()}
    # Every validation film once, from the source nearest to a film as it is dropped on the page: not yet squashed.
    chosen_logits = logits["films"].copy()
    if "variants" in views:
        row_of = {film.path: i for i, film in enumerate(views["films"].films)}
        chosen_logits[[row_of[film.path] for film in views["variants"].films]] = logits["variants"]
    films = views["films"]
    calibration = fit_calibration(chosen_logits, films.targets)
    thresholds = choose_thresholds(calibration.probability(chosen_logits), films.targets)

    chosen_on = f"validation: {count(films)}"
    measured = measure(calibration.probability(chosen_logits), films, thresholds, chosen_on)
    if "variants" in views:
        for name, view in views.items():
            text = f"validation, {name} alone: {count(view)}"
            measured += measure(calibration.probability(logits[name]), view, thresholds, text)
    return {
        "schema": "lungfield.manifest/1",
        "name": NAME,
        "version": VERSION,
        "input": {
            "preprocessing": "luma-squash-triangle/1",
            "rows": network.ROWS,
            "columns": network.COLUMNS,
            "channels": 1,
            "mean": [network.MEAN],
            "std": [network.STD],
        },
        "outputs": {"activations": export.ACTIVATIONS, "logit": export.LOGIT},
        "classes": {"negative": "normal", "positive": "pneumonia"},
        "calibration": {
            "temperature": round(calibration.temperature, 6),
            "bias": round(calibration.bias, 6),
            "films": chosen_on,
        },
        "thresholds": {
            "operating_point": round(thresholds.operating_point, 6),
            "unlikely_below": round(thresholds.unlikely_below, 6),
            "likely_from": round(thresholds.likely_from, 6),
            "films": chosen_on,
        },
        "heatmap": {
            "method": "grad-cam",
            "layer": network.LAST_LAYER,
            "full_scale": full_scale(model, films),
        },
        "measured": measured,
        "intended_population": POPULATION,
        "licence": LICENCE,
        "data": DATA.format(n=len(sides.films), patients=len(set(sides.films.patients))),
    }
