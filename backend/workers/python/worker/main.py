"""Entry of the Python worker. The backend starts it with frames on fd 3 (in) and fd 4 (out) and a lifeline on fd 5."""

import os
import sys

from holdfast_worker.start import main

# Python put this folder in front of the user's own modules; the worker's package is found without it from here on.
_here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != _here]

if __name__ == "__main__":
    main()
