/*
 * mark -- the verbs of evmark that are more than a listing. argv begins with the verb; command is what was
 * typed. Each returns the exit status.
 */
#ifndef EV_MARK_H
#define EV_MARK_H

/* What is new in Bronze. */
int mark_pending(int argc, char **argv, const char *command);
/* The lake held against itself. */
int mark_verify(int argc, char **argv);

#endif
