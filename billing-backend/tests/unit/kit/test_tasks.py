"""A worker works on what follows from its own work, as far as its hands go; the rest is for everybody."""

import asyncio

import structlog

from billing.kit.tasks import LocalFirstQueue, Message, RecordingQueue


class Hands:
    """Works on messages until told to go on."""

    def __init__(self) -> None:
        self.begun: list[Message] = []
        self.go_on = asyncio.Event()
        self.bound: list[dict[str, object]] = []

    async def work(self, message: Message) -> None:
        self.begun.append(message)
        self.bound.append(structlog.contextvars.get_contextvars())
        await self.go_on.wait()
        if message.args == ("fails",):
            raise RuntimeError("no")


ONE, TWO, THREE = (Message("work", (name,)) for name in ("one", "two", "three"))


async def test_what_the_hands_cannot_hold_goes_to_the_broker() -> None:
    hands, broker = Hands(), RecordingQueue()
    queue = LocalFirstQueue(broker, hands.work, hands=2)
    await queue.publish([ONE, TWO, THREE])
    await asyncio.sleep(0)
    assert (hands.begun, broker.messages) == ([ONE, TWO], [THREE])
    assert await queue.backlog() == 3
    hands.go_on.set()
    await queue.drain(5)
    await queue.publish([THREE])
    await queue.drain(5)
    assert (hands.begun, broker.messages) == ([ONE, TWO, THREE], [THREE])
    assert await queue.backlog() == 1


async def test_what_is_for_later_waits_at_the_broker() -> None:
    hands, broker = Hands(), RecordingQueue()
    later = Message("work", ("later",), countdown=0.5)
    await LocalFirstQueue(broker, hands.work, hands=2).publish([later])
    assert (hands.begun, broker.messages) == ([], [later])


async def test_a_task_that_fails_leaves_its_hand_free_and_the_others_alone() -> None:
    hands, broker = Hands(), RecordingQueue()
    hands.go_on.set()
    queue = LocalFirstQueue(broker, hands.work, hands=1)
    await queue.publish([Message("work", ("fails",))])
    await queue.drain(5)
    await queue.publish([ONE])
    await queue.drain(5)
    assert (hands.begun[-1], broker.messages) == (ONE, [])


async def test_the_next_task_does_not_speak_in_the_name_of_this_one() -> None:
    hands = Hands()
    hands.go_on.set()
    queue = LocalFirstQueue(RecordingQueue(), hands.work, hands=1)
    with structlog.contextvars.bound_contextvars(order_id="this one"):
        await queue.publish([ONE])
    await queue.drain(5)
    assert hands.bound == [{}]


async def test_draining_waits_no_longer_than_told() -> None:
    hands = Hands()
    queue = LocalFirstQueue(RecordingQueue(), hands.work, hands=1)
    await queue.publish([ONE])
    began = asyncio.get_running_loop().time()
    await queue.drain(0.05)
    assert asyncio.get_running_loop().time() - began < 5
    assert await queue.backlog() == 1
    hands.go_on.set()
    await queue.drain(5)
