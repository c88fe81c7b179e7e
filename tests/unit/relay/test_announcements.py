"""Events that no notification announced are told apart from those it came a moment late for."""

from coach.engine.relay.announcements import AnnouncementCount


def test_what_a_notification_announced_is_not_missed() -> None:
    count = AnnouncementCount()
    count.count(3, 0.0, was_told=True)
    count.count(0, 10.0, was_told=False)
    assert (count.events, count.unannounced) == (3, 0)


def test_a_notification_that_comes_a_moment_after_the_look_counts() -> None:
    count = AnnouncementCount()
    count.count(2, 0.0, was_told=False)
    count.count(0, 0.02, was_told=True)
    count.count(0, 10.0, was_told=False)
    assert (count.events, count.unannounced) == (2, 0)


def test_where_none_comes_every_event_is_missed() -> None:
    count = AnnouncementCount()
    for look in range(5):
        count.count(1, look * 0.5, was_told=False)
    count.count(0, 10.0, was_told=False)
    assert (count.events, count.unannounced) == (5, 5)
