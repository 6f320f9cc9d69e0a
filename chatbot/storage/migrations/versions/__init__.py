"""One file per revision, numbered. Each stands for itself: it must not follow later changes of the tables."""
