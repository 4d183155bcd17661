"""PatchCore's "complete evaluation example", with the demo's detector in the model's place."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from PIL import Image

from gonogo.compat.patchcore import (
    compute_imagewise_retrieval_metrics,
    compute_pixelwise_retrieval_metrics,
)
from gonogo.demo import Loader, PatchCore, evaluation_set, training_set

mpl.use("Agg")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a trained model, as ``save_to_path`` leaves it."""
    folder = tmp_path_factory.mktemp("models") / "brick"
    model = PatchCore(bank=150)
    model.fit(Loader(training_set("brick")[:4]))
    model.save_to_path(folder)
    return folder


def test_the_complete_evaluation_example(trained, tmp_path, capsys, monkeypatch):
    import matplotlib.pyplot as plt

    monkeypatch.chdir(tmp_path)
    test_dataset = evaluation_set("brick", per_defect=1)

    # From here on as published, but for the names of device, nn_method, model and loader.
    device, nn_method = "cpu", None
    model = PatchCore(device)
    model.load_from_path(str(trained), device, nn_method)
    test_loader = Loader(test_dataset, batch_size=32)

    print("Running inference...")
    scores, masks, labels_gt, masks_gt = model.predict(test_loader)

    print("\nImage-level Metrics:")
    image_metrics = compute_imagewise_retrieval_metrics(scores, labels_gt)
    print(f" AUROC: {image_metrics['auroc']:.4f}")

    print("\nPixel-level Metrics:")
    pixel_metrics = compute_pixelwise_retrieval_metrics(masks, masks_gt)
    print(f" AUROC: {pixel_metrics['auroc']:.4f}")
    print(f" Optimal Threshold: {pixel_metrics['optimal_threshold']:.4f}")
    print(f" FPR at optimal: {pixel_metrics['optimal_fpr']:.4f}")
    print(f" FNR at optimal: {pixel_metrics['optimal_fnr']:.4f}")

    fig, (ax1, ax2) = plt.subplots(1, 2, figsize=(12, 5))

    ax1.plot(image_metrics["fpr"], image_metrics["tpr"], linewidth=2)
    ax1.plot([0, 1], [0, 1], "k--", linewidth=1)
    ax1.set_xlabel("False Positive Rate")
    ax1.set_ylabel("True Positive Rate")
    ax1.set_title(f"Image-level ROC (AUROC={image_metrics['auroc']:.4f})")
    ax1.grid(True, alpha=0.3)

    ax2.plot(pixel_metrics["fpr"], pixel_metrics["tpr"], linewidth=2)
    ax2.plot([0, 1], [0, 1], "k--", linewidth=1)
    ax2.set_xlabel("False Positive Rate")
    ax2.set_ylabel("True Positive Rate")
    ax2.set_title(f"Pixel-level ROC (AUROC={pixel_metrics['auroc']:.4f})")
    ax2.grid(True, alpha=0.3)

    plt.tight_layout()
    plt.savefig("roc_curves.png", dpi=150)
    plt.show()
    plt.close(fig)

    lines = [line.partition(":") for line in capsys.readouterr().out.splitlines()]
    numbers = {name.strip(): float(value) for name, _, value in lines if value}
    assert numbers["AUROC"] > 0.8
    assert 0.0 < numbers["FPR at optimal"] < 0.1
    assert 0.0 < numbers["FNR at optimal"] < 1.0
    with Image.open("roc_curves.png") as figure:
        assert figure.size == (1800, 750)
