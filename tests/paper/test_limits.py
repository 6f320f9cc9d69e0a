from chatbot.paper.limits import RateLimit


def test_sixty_pass_in_any_minute_and_no_more() -> None:
    limit = RateLimit(60)
    assert all(limit.admits(0.5 * second) for second in range(60))
    assert not limit.admits(59.9)
    assert limit.admits(60.0)
    assert not limit.admits(60.4)


def test_refused_requests_do_not_count() -> None:
    limit = RateLimit(1)
    assert limit.admits(0)
    assert not any(limit.admits(second) for second in range(1, 60))
    assert limit.admits(60)


def test_a_limit_can_be_lifted_and_set_anew() -> None:
    limit = RateLimit(1)
    assert limit.admits(0)
    limit.reset(None)
    assert all(limit.admits(0) for _ in range(100))
    limit.reset(1)
    assert limit.admits(0)
    assert not limit.admits(0)
