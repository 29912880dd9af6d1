"""What adds up, from points alone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.care.model.progress import Point, Reading, days, series, without_numbers
from chalicelib.care.model.words import clock_length, minutes_to_review, what_came
from chalicelib.foundation.ids import EnrolmentId, ProgramId, SubmissionId

from ..conftest import NOW

DUBLIN, AUCKLAND = ZoneInfo("Europe/Dublin"), ZoneInfo("Pacific/Auckland")


def _reading(block_id: str, value: float, label: str = "Pain") -> Reading:
    return Reading(block_id=block_id, label=label, unit="of 10", better="lower", value=value)


def _point(at: datetime, *readings: Reading, number: int = 1, program: str = "p1") -> Point:
    return Point(
        submission_id=SubmissionId(f"s{at.timestamp()}"),
        enrolment_id=EnrolmentId("e"),
        program_id=ProgramId(program),
        lesson_number=number,
        at=at,
        readings=readings,
    )


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(st.lists(moments, max_size=20))
def test_every_point_is_a_day_of_practice_and_no_other_day_is(found: list[datetime]) -> None:
    counted = days([_point(at) for at in found], DUBLIN)
    assert set(counted) == {at.astimezone(DUBLIN).date() for at in found}
    assert list(counted) == sorted(counted)


@given(st.lists(st.tuples(moments, st.sampled_from("ab"), st.sampled_from(["p1", "p2"])), max_size=20))
def test_every_number_stands_in_one_measure_and_no_two_measures_share_a_name(
    found: list[tuple[datetime, str, str]],
) -> None:
    points = [_point(at, _reading(block, 1.0), program=program) for at, block, program in sorted(found)]
    gathered = series(points)
    assert sum(len(one.points) for one in gathered) == len(found)
    assert len({one.measure_id for one in gathered}) == len(gathered)
    for one in gathered:
        moments_of = [point.at for point, _ in one.points]
        assert moments_of == sorted(moments_of)


def test_a_day_is_one_in_the_clients_own_zone() -> None:
    late = datetime(2026, 5, 14, 23, 30, tzinfo=UTC)
    assert list(days([_point(late)], DUBLIN)) == [date(2026, 5, 15)]
    assert list(days([_point(late)], ZoneInfo("America/New_York"))) == [date(2026, 5, 14)]
    assert list(days([_point(late)], AUCKLAND)) == [date(2026, 5, 15)]


def test_a_lesson_sent_twice_on_a_day_stands_there_once() -> None:
    points = [_point(NOW), _point(NOW + timedelta(hours=1)), _point(NOW + timedelta(hours=2), number=2)]
    assert days(points, DUBLIN) == {date(2026, 5, 14): [1, 2]}


def test_a_measure_keeps_its_name_when_its_words_change() -> None:
    points = [
        _point(NOW, _reading("knee", 5, "Pain: knee")),
        _point(NOW + timedelta(days=1), _reading("knee", 4, "Pain: your knee")),
    ]
    (one,) = series(points)
    assert one.last.label == "Pain: your knee"
    assert [value for _, value in one.points] == [5, 4]


@given(st.lists(st.tuples(moments, st.sampled_from("ab"), st.sampled_from(["p1", "p2"])), max_size=20), st.data())
def test_a_measure_has_one_name_on_every_page_of_points(
    found: list[tuple[datetime, str, str]], data: st.DataObject
) -> None:
    points = [_point(at, _reading(block, 1.0), program=program) for at, block, program in sorted(found)]
    cut = data.draw(st.integers(0, len(points)))

    def names(some: list[Point]) -> dict[str, set[tuple[str, str]]]:
        return {
            one.measure_id: {(point.program_id, one.last.block_id) for point, _ in one.points} for one in series(some)
        }

    older, newer = names(points[:cut]), names(points[cut:])
    assert {name: older.get(name, set()) | newer.get(name, set()) for name in older | newer} == names(points)


def test_the_same_block_in_another_program_is_another_measure() -> None:
    points = [_point(NOW, _reading("b1", 5), program="p2"), _point(NOW, _reading("b1", 2), program="p1")]
    assert [one.points[0][1] for one in series(points)] == [2, 5]


def test_what_came_back_stays_a_day_without_numbers() -> None:
    back = without_numbers(_point(NOW, _reading("knee", 5)))
    assert (series([back]), len(days([back], DUBLIN))) == ([], 1)


def test_a_submission_is_said_in_a_few_words() -> None:
    assert what_came([("video", 92.0)], 3) == "Video 1:32, 3 answers"
    assert what_came([("audio", 0.0)], 1) == "Audio, 1 answer"
    assert what_came([], 0) == "No answers"
    assert clock_length(59.6) == "1:00"


@given(st.lists(st.floats(0, 1200), max_size=5), st.integers(0, 60))
def test_a_review_takes_some_minutes_and_more_for_more(lengths: list[float], answers: int) -> None:
    assert 3 <= minutes_to_review(lengths, answers) <= minutes_to_review([*lengths, 60.0], answers + 1)
