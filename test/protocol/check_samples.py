"""Gives the shared samples to the Python worker's own code: check_samples.py WORKER_FOLDER SAMPLES_FOLDER.

Decodes every message to a worker and writes `{"name", "file", "accepted", "reason"}`, then encodes every valid message from a
worker and writes `{"name", "frame"}` with the frame in base64: one JSON object a line.
"""

import base64
import json
import os
import sys

sys.path.insert(0, sys.argv[1])
from holdfast_worker.messages import decode  # noqa: E402
from holdfast_worker.wire import Channel, FrameReader, ProtocolError, encode_frame  # noqa: E402


def samples(file):
    with open(os.path.join(sys.argv[2], file + ".json"), encoding="utf-8") as source:
        return json.load(source)


def through_a_pipe(header, payload):
    """What the worker reads when the backend writes this."""
    reading, writing = os.pipe()
    os.write(writing, encode_frame(header, payload) + payload)
    os.close(writing)
    frame = FrameReader(reading).read()
    os.close(reading)
    return frame


def sent(header, payload):
    """What the backend reads when the worker sends this."""
    reading, writing = os.pipe()
    fields = {name: value for name, value in header.items() if name not in ("type", "id", "timestamp")}
    Channel(writing).send(header["type"], fields, payload)
    os.close(writing)
    with open(reading, "rb") as file:
        return base64.b64encode(file.read()).decode()


for file in ("valid", "invalid"):
    for sample in samples(file):
        payload = sample.get("payload", "").encode()
        answer = {"name": sample["name"], "file": file}
        if sample["direction"] == "to_worker":
            try:
                decode(*through_a_pipe(sample["header"], payload))
                answer.update(accepted=True, reason="")
            except ProtocolError as error:
                answer.update(accepted=False, reason=str(error))
            print(json.dumps(answer))
        elif file == "valid":
            print(json.dumps({**answer, "frame": sent(sample["header"], payload)}))
