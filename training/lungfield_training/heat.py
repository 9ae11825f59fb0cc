"""Whether heatmaps can be believed: where their heat lies, whether the answer goes with it, whether the making moves it,
whether it comes from what was learnt, and how much of it is this film's own.

    python -m lungfield_training heat --films FILMS --outlines OUTLINES --out heat.json

Films are held out. Each is explained as the reader does it: the class that its logit speaks for.
"""

import copy
from collections.abc import Iterator

import numpy as np
import torch
from PIL import Image
from scipy import stats
from torch import Generator, Tensor, nn
from torch.nn import functional

from .exam import batch_of
from .gradcam import grad_cam
from .films import LABELS
from .lung_frame import MARGIN, crop, with_margin
from .lung_masks import OutlinedFilms
from .lung_network import LungFields
from .making import CHANGES, Lenders
from .network import Network
from .reader import PORTION, Reader

# Changes that leave every pixel where it was, so that maps can be compared place by place.
IN_PLACE = (
    "surroundings of a normal film",
    "surroundings of a film with pneumonia",
    "marker of the other machine",
    "blur 1",
    "noise 6",
    "sharpened",
    "tone of a normal film",
    "tone of a film with pneumonia",
    "JPEG quality 30",
)
# Places are exchanged in so many steps.
STEPS = 10
# In which order.
ORDERS = {
    "heat": lambda maps, generator: maps,
    "random": lambda maps, generator: torch.rand(maps.shape, generator=generator),
    "least heat": lambda maps, generator: -maps,
}
# A place counts as within the lungs if at least this much of it is.
WITHIN = 0.5
# The sheet shows so many films, so many in a row.
SHEET, SHEET_COLUMNS = 30, 6


def explain(network: Network, x: Tensor, signs: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """What the classifier takes [N, 2, side, side] -> signs [N] and maps [N, rows, columns] of the class that each logit speaks
    for (1 pneumonia, -1 normal), or of those that are given."""
    with torch.no_grad():
        explained, logits = network(x)
    signs = torch.where(logits.flatten() > 0, 1.0, -1.0) if signs is None else signs
    return signs, grad_cam(explained, lambda activations: network.head(activations) * signs[:, None], 1.0)


def places_of(x: Tensor, maps: Tensor) -> Tensor:
    """Which places lie within the lungs that were read: bool like ``maps``."""
    return functional.adaptive_avg_pool2d(x[:, 1:], maps.shape[-2:])[:, 0] >= WITHIN


def inside(maps: Tensor, drawn: Tensor) -> Tensor:
    """The share of each map's heat that lies within the lungs ``drawn`` in the frame [N, 1, side, side], painted as smoothly as
    it is shown: [N], of maps without heat 1."""
    painted = functional.interpolate(maps[:, None], drawn.shape[-2:], mode="bicubic", align_corners=False).clamp_min(0)
    total = painted.sum((1, 2, 3))
    return torch.where(total > 0, (painted * drawn).sum((1, 2, 3)) / total.clamp_min(1e-9), torch.ones(len(maps)))


def exchanged(x: Tensor, other: Tensor, places: Tensor) -> Tensor:
    """The picture with what the ``other`` shows at the ``places`` [N, rows, columns], softly; the lungs stay where they are. A grey
    patch would not do: it looks like a lung without air."""
    there = functional.interpolate(places[:, None].float(), x.shape[-2:], mode="bilinear", align_corners=False)
    return torch.cat([torch.lerp(x[:, :1], other[:, :1], there), x[:, 1:]], 1)


@torch.no_grad()
def areas(network: Network, x: Tensor, other: Tensor, order: Tensor, within: Tensor, signs: Tensor) -> tuple[Tensor, Tensor]:
    """The mean evidence (logit of the class that is explained) while places become those of a film of the other class, from the
    highest of ``order`` on, and while those of the other become these: deletion and insertion (Petsiuk et al. 2018, arXiv
    1806.07421), [N] each."""
    ranked = torch.where(within, order, torch.tensor(-torch.inf)).flatten(1)
    ranked = ranked.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
    count = within.flatten(1).sum(1, keepdim=True)
    deleted, inserted = [], []
    for step in range(STEPS + 1):
        first = (ranked < count * step / STEPS).view_as(within) & within
        deleted.append(network(exchanged(x, other, first))[1].flatten() * signs)
        inserted.append(network(exchanged(x, other, within & ~first))[1].flatten() * signs)
    return torch.stack(deleted).mean(0), torch.stack(inserted).mean(0)


def rank_correlation(one: Tensor, other: Tensor, within: Tensor) -> np.ndarray:
    """Spearman's, of the places within the lungs: [N]; a map without differences gives 0."""
    found = [stats.spearmanr(a[w], b[w]).statistic if w.sum() > 2 and a[w].std() > 0 and b[w].std() > 0 else 0.0
             for a, b, w in zip(one.numpy(), other.numpy(), within.numpy())]
    return np.array(found)


def with_the_usual(maps: Tensor, signs: Tensor, within: Tensor) -> dict[str, float | None]:
    """How far a map, [N, rows, columns], is what maps of its class usually are: the mean rank correlation with the mean of the other
    films' maps, of each class that has two films."""
    found = {}
    for sign, label in ((-1, LABELS[0]), (1, LABELS[1])):
        own = signs == sign
        others = (maps[own].sum(0) - maps[own]) / max(1, int(own.sum()) - 1)
        found[label] = float(rank_correlation(maps[own], others, within[own]).mean()) if own.sum() > 1 else None
    return found


def unlearnt(network: Network, seed: int = 0) -> Iterator[tuple[str, Network]]:
    """The network with more and more of its layers drawn anew, from the last to the first (Adebayo et al. 2018, arXiv
    1810.03292)."""
    network = copy.deepcopy(network)
    torch.manual_seed(seed)
    for name, layers in (
        ("classifier", [network.classifier]),
        ("and the last layer", [network.features[-1]]),
        ("and half of the others", list(network.features[7:-1])),
        ("and all of them", list(network.features[:7])),
    ):
        for module in (each for layer in layers for each in layer.modules() if isinstance(each, (nn.Conv2d, nn.Linear))):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.zeros_(module.bias)
        yield name, network


def measure(reader: Reader, films: OutlinedFilms, lenders: OutlinedFilms, report=print) -> dict:
    """Every number, over all ``films``: means, but for ``inside``, which also has its lowest tenth."""
    network, generator = reader.network, Generator().manual_seed(0)
    found: dict[str, list] = {name: [] for name in ("inside", *ORDERS)}
    all_of: dict[str, list] = {"maps": [], "signs": [], "within": []}
    stable: dict[str, list] = {name: [] for name in IN_PLACE}
    random: dict[str, list] = {}
    for start in range(0, len(films), PORTION):
        batch = batch_of(films, range(start, min(start + PORTION, len(films))))
        lungs = reader.find(batch.luma)
        x = reader.framed(batch.luma, lungs)
        signs, maps = explain(network, x)
        within = places_of(x, maps)
        for kept, each in zip(all_of.values(), (maps, signs, within)):
            kept.append(each)
        other = reader.framed(lenders.luma(of_the_other_class(lenders, signs, generator)))
        found["inside"].append(inside(maps, drawn_in_frame(reader, batch.luma, batch.lungs, lungs)))
        for name, order in ORDERS.items():
            found[name].append(torch.stack(areas(network, x, other, order(maps, generator), within, signs), 1))
        for name in IN_PLACE:
            luma, _ = CHANGES[name](batch, Lenders(lenders), generator)
            # In the frame of the film as it was, and of the class that it spoke for: what the making does to the map alone.
            stable[name].append(rank_correlation(maps, explain(network, reader.framed(luma, lungs), signs)[1], within))
        for name, other in unlearnt(network):
            random.setdefault(name, []).append(rank_correlation(maps, explain(other, x, signs)[1], within))
        report(f"heat: {start + len(batch.luma)} of {len(films)} films")
    share = torch.cat(found["inside"]).numpy()
    return {
        "films": len(films),
        "inside": {"mean": float(share.mean()), "lowest_tenth": float(np.quantile(share, 0.1))},
        "evidence": {
            name: dict(zip(("while_taken_away", "while_put_back"), torch.cat(found[name]).mean(0).tolist())) for name in ORDERS
        },
        "rank_correlation_with_the_usual": with_the_usual(*map(torch.cat, all_of.values())),
        "rank_correlation_when_changed": {name: float(np.concatenate(each).mean()) for name, each in stable.items()},
        "rank_correlation_when_unlearnt": {name: float(np.concatenate(each).mean()) for name, each in random.items()},
    }


def of_the_other_class(films: OutlinedFilms, signs: Tensor, generator: Generator) -> np.ndarray:
    """The index of a film for each of ``signs`` [N], of the other class."""
    drawn = np.zeros(len(signs), dtype=np.int64)
    for positive in (False, True):
        own = (signs > 0).numpy() == positive
        drawn[own] = Lenders(films).draw((films.targets > 0.5) != positive, int(own.sum()), generator)
    return drawn


def drawn_in_frame(reader: Reader, luma: Tensor, lungs: Tensor, found: LungFields) -> Tensor:
    """The lungs that were drawn, in the frame of those that were found."""
    boxes = with_margin(found.boxes, torch.full((4,), MARGIN))
    return crop(luma, lungs, boxes, torch.zeros(len(luma)), reader.frame.side)[1]


def sheet(reader: Reader, films: OutlinedFilms, full_scale: dict[str, float], with_film: bool) -> Image.Image:
    """The heat of films in a row within the outlines of the lungs that were found; red speaks for pneumonia, blue for normal.
    ``with_film`` shows the film beneath."""
    chosen = np.linspace(0, len(films) - 1, min(SHEET, len(films))).round().astype(int)
    luma = films.luma(chosen)
    lungs = reader.find(luma)
    x = reader.framed(luma, lungs)
    signs, maps = explain(reader.network, x)
    view, soft = reader.frame.view(luma, lungs.soft, lungs.boxes)
    speaks = (signs > 0).view(-1, 1, 1, 1)
    scale = torch.where(speaks, full_scale["pneumonia"], full_scale["normal"])
    heat = functional.interpolate(maps[:, None] / scale, view.shape[-2:], mode="bicubic", align_corners=False).clamp(0, 1)
    edge = (functional.max_pool2d(soft, 3, 1, 1) > 0.5) & (soft <= 0.5)
    ground = view if with_film else torch.full_like(view, 0.12)
    red, blue = (torch.tensor(colour).view(1, 3, 1, 1) for colour in ([1.0, 0.25, 0.1], [0.2, 0.55, 1.0]))
    colour = torch.where(speaks, red, blue)
    shown = torch.lerp(ground.expand(-1, 3, -1, -1), colour.expand(-1, -1, *view.shape[-2:]), 0.7 * heat)
    shown = torch.where(edge, torch.tensor(0.75), shown)
    tiles = (functional.pad(shown, (2,) * 4) * 255).byte().permute(0, 2, 3, 1).numpy()
    rows = [np.concatenate(list(tiles[i : i + SHEET_COLUMNS]), 1) for i in range(0, len(tiles) - SHEET_COLUMNS + 1, SHEET_COLUMNS)]
    return Image.fromarray(np.concatenate(rows, 0))
