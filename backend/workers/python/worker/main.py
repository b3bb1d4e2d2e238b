"""Entry of the Python worker. The backend starts it with frames on fd 3 (in) and fd 4 (out) and a lifeline on fd 5."""

import os
import sys

# Python puts this folder in front of the user's own modules, or leaves it out (PYTHONSAFEPATH). The package needs it only here.
_here = os.path.dirname(os.path.abspath(__file__))
_user_path = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != _here]
sys.path[:] = [*_user_path, _here]
# The package's own bytecode is kept also where the person wants none of theirs: it is half of the time that a start takes.
_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, False
from holdfast_worker.start import main  # noqa: E402

sys.dont_write_bytecode = _bytecode
sys.path[:] = _user_path

if __name__ == "__main__":
    main()
