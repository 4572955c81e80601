import time
import asyncio
from tests.faults.stack import Stack

STARTER = {"type": "license", "plan": "starter", "interval": "year"}

async def test_smoke(stack: Stack) -> None:
    t=time.monotonic()
    customer = await stack.customer()
    print("customer", time.monotonic()-t)
    t=time.monotonic()
    order = await stack.buy(customer, STARTER, {"type": "domain", "name": "smoke-one.com"})
    print("bought", time.monotonic()-t)
    assert order["status"] == "fulfilled"
    t=time.monotonic()
    cs = await asyncio.gather(*(stack.customer() for _ in range(20)))
    print("20 customers", time.monotonic()-t)
    t=time.monotonic()
    os_ = await asyncio.gather(*(stack.order(c, STARTER, {"type": "domain", "name": f"smoke-{i}.com"}) for i, c in enumerate(cs)))
    print("20 orders", time.monotonic()-t)
    t=time.monotonic()
    await asyncio.gather(*(stack.pay(c) for c in os_))
    print("20 pay", time.monotonic()-t)
    t=time.monotonic()
    async def done():
        return await stack.one("SELECT count(*) FROM orders WHERE status='fulfilled'") == 21
    await stack.until("done", done, seconds=60)
    print("20 fulfilled", time.monotonic()-t)
