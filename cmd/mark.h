/*
 * mark -- the verbs of evmark that propose a run. argv begins with the verb; command is what was typed. Each
 * returns the exit status.
 */
#ifndef EV_MARK_H
#define EV_MARK_H

/* What is new in Bronze. */
int mark_pending(int argc, char **argv, const char *command);

#endif
