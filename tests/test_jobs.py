"""Work that goes on in the background: its steps, its end, and how it is stopped."""

from threading import Event

from tutor.jobs import Jobs, Watch

SOON = 20.0  # seconds that a test waits at most


def test_a_job_tells_its_steps_and_ends() -> None:
    jobs, go_on = Jobs(), Event()

    def work(watch: Watch) -> None:
        watch("first", 1, 2)
        go_on.wait(SOON)
        watch("second", 2, 2)

    job = jobs.start("one", work)
    assert jobs.start("one", work) is job, "of one name there is one at a time"
    go_on.set()
    assert jobs.wait("one", SOON)
    assert (job.state, job.step, job.done, job.total) == ("done", "second", 2, 2)
    jobs.forget("one")
    assert jobs.get("one") is None
    assert jobs.wait("one", 0), "what nobody knows has ended"


def test_a_job_stops_at_its_next_step() -> None:
    jobs, begun, go_on, after = Jobs(), Event(), Event(), []

    def work(watch: Watch) -> None:
        watch("first", 0, 2)
        begun.set()
        go_on.wait(SOON)
        watch("second", 1, 2)
        after.append("done")

    job = jobs.start("one", work)
    assert begun.wait(SOON)
    jobs.forget("one")
    assert jobs.get("one") is job, "what runs is not forgotten"
    jobs.stop("one")
    go_on.set()
    assert jobs.wait("one", SOON)
    assert (job.state, job.step, after) == ("stopped", "first", [])


def test_what_goes_wrong_is_told() -> None:
    def work(watch: Watch) -> None:
        raise ZeroDivisionError("inside")

    jobs = Jobs()
    job = jobs.start("one", work)
    assert jobs.wait("one", SOON)
    assert job.state == "failed"
    assert isinstance(job.error, ZeroDivisionError)
    again = jobs.start("one", lambda watch: watch("new", 0, 1))
    assert jobs.wait("one", SOON)
    assert again is not job
    assert again.state == "done"
