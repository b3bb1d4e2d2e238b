"""The backend of matplotlib that shows figures among the results. Imported by matplotlib, which finds here what it looks for by name."""

# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false

from __future__ import annotations

from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from . import figures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class FigureManager(FigureManagerBase):
    def show(self) -> None:
        """`figure.show()`."""
        figures.show_figures()

    @classmethod
    def pyplot_show(cls, *_arguments: Any, **_options: Any) -> None:
        figures.show_figures()


class FigureCanvas(FigureCanvasAgg):
    manager_class = FigureManager


def show(*_arguments: Any, **_options: Any) -> None:
    """`pyplot.show()`. Does not block."""
    figures.show_figures()
