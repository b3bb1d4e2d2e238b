"""matplotlib's figures among the results, without a setting: shown and closed when `show` is called or the cell ends.

Its backend is ours unless the person has chosen one (MPLBACKEND, matplotlibrc, `matplotlib.use`). It is chosen when matplotlib is
imported, in this process only: in the environment it would reach subprocesses, which cannot import it.
"""

from __future__ import annotations

import io
import sys

from .text import shorten
from .types_safely import is_a

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Show = Callable[[object], None]

_dict: Any = dict
_BACKEND = "module://holdfast_worker.figures_backend"
# With these nothing else shows a figure.
_SILENT = ("agg", "cairo", "pdf", "pgf", "ps", "svg", "template")


class Figures:
    """`show` shows a value among the results."""

    def __init__(self, show: Show) -> None:
        self._show = show

    def install(self) -> None:
        sys.meta_path.insert(0, _Finder())
        global show_figures
        show_figures = self.show_open

    def show_open(self) -> None:
        """Shows the figures that pyplot holds, oldest first, and closes them. What is in a variable lives on."""
        managers = _open()
        try:
            for manager in managers:
                self._show(manager.canvas.figure)
        finally:
            # Also those that a cancel has left out: they are not the next cell's.
            for manager in managers:
                _close(manager.canvas.figure)


show_figures: Callable[[], None] = lambda: None


def figure_png(value: object) -> bytes | None:
    """The picture of a figure, None for any other value. One that pyplot holds is closed: it is not shown again when the cell ends."""
    module = sys.modules.get("matplotlib.figure")
    if module is None or not is_a(value, module.Figure):
        return None
    figure: Any = value
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight", facecolor=figure.get_facecolor(), dpi=figure.dpi)
    _close(figure)
    return file.getvalue()


def _open() -> list[Any]:
    """Empty also where windows show them."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    if helpers is None or not helpers.Gcf.figs:
        return []
    name: str = sys.modules["matplotlib"].rcParams["backend"]
    return list(helpers.Gcf.figs.values()) if name == _BACKEND or str(name).lower() in _SILENT else []


def _close(figure: Any) -> None:
    if any(manager.canvas.figure is figure for manager in _open()):
        sys.modules["matplotlib._pylab_helpers"].Gcf.destroy_fig(figure)


def _choose(matplotlib: Any) -> None:
    automatic = getattr(sys.modules.get("matplotlib.rcsetup"), "_auto_backend_sentinel", None)
    # The usual way of asking would choose one.
    if automatic is not None and _dict.get(matplotlib.rcParams, "backend") is automatic:
        matplotlib.rcParams["backend"] = _BACKEND


class _Finder:
    """Finds matplotlib as the others do, and has a word with it once it is there."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != "matplotlib":
            return None
        for finder in list(sys.meta_path):
            spec: Any = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                _choose_after(spec.loader)
                return spec
        return None


def _choose_after(loader: Any) -> None:
    execute = loader.exec_module

    def exec_module(module: Any) -> None:
        del loader.exec_module
        execute(module)
        try:
            _choose(module)
        except Exception as error:
            # A matplotlib that is not as we know it works as if we were not there.
            print(f"holdfast: matplotlib's figures are not shown by themselves: {shorten(str(error), 500)}", file=sys.stderr)

    loader.exec_module = exec_module
