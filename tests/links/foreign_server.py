"""An OPC UA server of asyncua's own, run as a process: 100 values that follow what is written, every 10 ms.

    python foreign_server.py PORT

Namespace urn:foreign; `x0` to `x99` are written, `y0` to `y99` follow them. `fault` makes it do something wrong: 1
leaves out three sequence numbers, 2 makes `y0` bad, 3 `y1` uncertain, 4 says that `y2` was measured 200 ms ago, 5
refuses writes of `x3`. It prints its URL when clients may connect and ends with its standard input.
"""

import asyncio
import logging
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from asyncua import Server, ua

SIZE = 100
LATE = timedelta(milliseconds=200)


def _value(number: float, status: int = ua.StatusCodes.Good, late: timedelta = timedelta(0)) -> ua.DataValue:
    stamp = datetime.now(UTC) - late
    return ua.DataValue(ua.Variant(number, ua.VariantType.Double), ua.StatusCode(status), stamp)


async def _follow(server: Server, xs: list[Any], ys: list[Any], fault: Any) -> None:
    done = 0
    while True:
        await asyncio.sleep(0.01)
        wrong = await fault.read_value()
        if wrong == 1 != done:
            for one in server.iserver.subscription_service.subscriptions.values():
                one._notification_seq += 3
        if wrong != done:
            await xs[3].set_writable(wrong != 5)
        done = wrong
        status = {0: ua.StatusCodes.BadSensorFailure} if wrong == 2 else {}
        status |= {1: ua.StatusCodes.UncertainSensorNotAccurate} if wrong == 3 else {}
        for k, (x, y) in enumerate(zip(xs, ys, strict=True)):
            number, code = await x.read_value(), status.get(k, ua.StatusCodes.Good)
            last = await y.read_data_value(raise_on_bad_status=False)
            if (last.Value.Value, last.StatusCode.value) != (number, code):
                await y.write_value(_value(number, code, LATE if wrong == 4 and k == 2 else timedelta(0)))


async def _main(port: int) -> None:
    logging.disable(logging.CRITICAL)
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = await server.register_namespace("urn:foreign")
    folder = await server.nodes.objects.add_folder(ua.NodeId("values", space), "values")
    made = {
        name: [await folder.add_variable(ua.NodeId(f"{name}{k}", space), f"{name}{k}", 0.0) for k in range(SIZE)]
        for name in "xy"
    }
    fault = await folder.add_variable(ua.NodeId("fault", space), "fault", 0.0)
    for one in (*made["x"], fault):
        await one.set_writable()
    async with server:
        print(f"opc.tcp://127.0.0.1:{port}", flush=True)
        following = asyncio.create_task(_follow(server, made["x"], made["y"], fault))
        await asyncio.to_thread(sys.stdin.read)
        following.cancel()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
