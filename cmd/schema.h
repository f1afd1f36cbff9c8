/*
 * schema -- what evschema does, a file for each verb.
 */
#ifndef EV_CMD_SCHEMA_H
#define EV_CMD_SCHEMA_H

#include "decode/survey.h"

/* Each takes the arguments from the verb on, and returns the exit status. */
int schema_infer(int argc, char **argv);
int schema_diff(int argc, char **argv);
int schema_ddl(int argc, char **argv);

/* All lines below the paths, and of a lake those of its Bronze; "-" or nothing is standard input. */
int schema_survey(struct survey *survey, char **paths) MUST_CHECK;
/* "FILE:LINE", until the next call; NULL when memory ran out. */
const char *schema_place(const struct survey *survey, struct survey_place place);

#endif
