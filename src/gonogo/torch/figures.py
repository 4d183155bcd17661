"""Figures where people look for them: in the loggers that can show them, or else as files.

Loggers are known by what they can do, so none of their libraries is imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gonogo.files import write_whole
from gonogo.torch.logged_names import figure_name

__all__ = ["log_figure"]


def log_figure(loggers: Iterable[Any], figure: Any, name: str, *, step: int, folder: Path) -> None:
    """Show a figure in every logger that can; write ``<name>.png`` to the folder if none can.

    ``name`` is what the number beside it is logged as. TensorBoard, Weights & Biases and Comet get
    the figure as ``<name>_figure``, MLflow as the artifact ``figures/<name>.png``.
    """
    shown = [_shown(logger, figure, name, step) for logger in loggers]
    if not any(shown):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{_file_name(name)}.png", _png(figure))


def _shown(logger: Any, figure: Any, name: str, step: int) -> bool:
    key = figure_name(name)
    if hasattr(logger, "log_image"):  # Weights & Biases
        logger.log_image(key=key, images=[figure], step=step)
        return True
    board: Any = getattr(logger, "experiment", None)
    if hasattr(board, "add_figure"):  # TensorBoard
        board.add_figure(key, figure, global_step=step, close=False)
    elif hasattr(board, "log_figure") and getattr(logger, "run_id", None) is not None:  # MLflow
        board.log_figure(logger.run_id, figure, f"figures/{_file_name(name)}.png")
    elif hasattr(board, "log_figure"):  # Comet
        board.log_figure(figure_name=key, figure=figure, step=step)
    else:
        return False
    return True


def _file_name(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name)


def _png(figure: Any) -> bytes:
    from io import BytesIO

    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=150, bbox_inches="tight")
    return buffer.getvalue()
