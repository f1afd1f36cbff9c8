/*
 * cat -- files, folders, plans and streams to one stream after another: what evcat does.
 */
#ifndef EV_CAT_H
#define EV_CAT_H

#include "cat_table.h"
#include "decode/ingest.h"

struct cat {
	struct stream_writer out;
	struct schema *schema;
	struct buffer schema_text; /* of it */
	struct map *map;           /* as -m says, or of the lake */
	struct ingest ingest;
	bool reading; /* ingest is open, and its stream begun */
	struct cat_table table;
	char **ahead;  /* operands from the one at hand on */
	bool expected; /* the columns of what is ahead are in table.united */
	/* As the options say. */
	bool keep;
	size_t limit;            /* of a line, in bytes */
	uint32_t part, parts;    /* of a plan; 0 for all of it */
	const char *schema_path; /* or NULL: the lake's, or the installed one */
	const char *map_path;    /* or NULL */
	unsigned seconds;        /* that the map may take for a line */
	const char *command;
	/* Who wants the lines of each source as they are, instead of a stream; or NULL. */
	int (*take)(void *context, struct input *input, struct text name);
	void *context;
};

/* Everything that was asked for, in order; "-" or nothing is standard input. Told by its first bytes, never
 * by name. */
int cat_operands(struct cat *cat, char **paths) MUST_CHECK;
void cat_close(struct cat *cat);

/* Starts a stream of events by the schema that holds for a lake, or, without one, anywhere. */
int cat_begin_for(struct cat *cat, const char *lake) MUST_CHECK;
/* The columns that Silver has by it. */
int cat_silver_columns(const struct cat *cat, const char *lake, struct columns *columns) MUST_CHECK;
/* What the stream that was begun is read by: its schema and its map, for the commit to remember. */
int cat_tell_rules(struct cat *cat) MUST_CHECK;
/* Lines of a source, in the stream that was begun. Takes input; NULL is the error on record. */
int cat_lines(struct cat *cat, struct input *input, const struct control_source *source) MUST_CHECK;
/* Ends the stream of events or of a table, if there is one. */
int cat_end(struct cat *cat) MUST_CHECK;

#endif
