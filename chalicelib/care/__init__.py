"""The loop: enrolment, lesson, submission, review, feedback, progress."""
