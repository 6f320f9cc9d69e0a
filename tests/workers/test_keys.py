from datetime import timedelta

from chatbot.workers.keys import KeyKeeper


class Batches:
    """A rotation of so many batches."""

    def __init__(self, number: int) -> None:
        self.left = number

    async def advance(self) -> bool:
        self.left -= self.left > 0
        return self.left > 0


async def test_while_a_rotation_is_under_way_batches_follow_each_other_with_room_for_taps() -> None:
    batches = Batches(4)
    keeper = KeyKeeper(batches)
    rests = [await keeper.step() for _ in range(5)]
    assert batches.left == 0
    assert all(timedelta(0) < rest < timedelta(milliseconds=50) for rest in rests[:3])
    assert rests[3:] == [timedelta(seconds=1)] * 2


async def test_new_key_is_noticed_within_a_second() -> None:
    assert await KeyKeeper(Batches(0)).step() <= timedelta(seconds=1)
