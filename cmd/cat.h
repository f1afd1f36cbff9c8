/*
 * cat -- files, folders, plans and streams to one stream after another: what evcat does.
 */
#ifndef EV_CAT_H
#define EV_CAT_H

#include "../lib/ingest.h"
#include "cat_table.h"

struct cat {
	struct stream_writer out;
	struct schema *schema;
	struct ingest ingest;
	bool reading; /* ingest is open, and its stream begun */
	struct cat_table table;
	/* As the options say. */
	bool keep;
	size_t limit;            /* of a line, in bytes */
	uint32_t part, parts;    /* of a plan; 0 for all of it */
	const char *schema_path; /* or NULL: the lake's, or the installed one */
	const char *command;
};

/* Everything that was asked for, in order; "-" or nothing is standard input. Told by its first bytes, never
 * by name. */
int cat_operands(struct cat *cat, char **paths) MUST_CHECK;
void cat_close(struct cat *cat);

#endif
