"""Arms a frame again behind an arming that a signal has cut short, at each place where it could be: check_force.py WORKER_FOLDER.

Writes one JSON object a place: `{"cut": which call to `sys.monitoring`, "when": "before" or "after", "ended": whether the frame was}`.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])
from holdfast_worker import force_monitoring  # noqa: E402
from holdfast_worker.force import ForcedCancel  # noqa: E402

monitoring = sys.monitoring


class Cut(BaseException):
    pass


class CuttingShort:
    """`sys.monitoring`, with an interrupt before or behind one of its calls."""

    events = monitoring.events

    def __init__(self, cut, when):
        self.left = cut
        self.when = when

    def __getattr__(self, name):
        def call(*args):
            self.left -= 1
            if self.left == 0 and self.when == "before":
                raise Cut
            result = getattr(monitoring, name)(*args)
            if self.left == 0:
                raise Cut
            return result

        return call


def arms_again(cutting):
    """Ended by force when what is armed behind the cut is armed."""
    force_monitoring._monitoring = cutting
    try:
        force_monitoring.arm([sys._getframe()])
    except Cut:
        force_monitoring._monitoring = monitoring
        force_monitoring.arm([sys._getframe()])
    for _ in range(1000):
        try:
            pass
        except BaseException:
            pass


for when in ("before", "after"):
    for cut in range(1, 100):
        cutting = CuttingShort(cut, when)
        ended = False
        try:
            arms_again(cutting)
        except ForcedCancel:
            ended = True
        force_monitoring._monitoring = monitoring
        force_monitoring.disarm()
        if cutting.left > 0:
            break
        print(json.dumps({"cut": cut, "when": when, "ended": ended}))
print(json.dumps({"held": [tool for tool in range(6) if monitoring.get_tool(tool) is not None]}))
