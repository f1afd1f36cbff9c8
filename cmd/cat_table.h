/*
 * cat_table -- Parquet files to a stream, and which of them are a lake's Silver: for evcat.
 */
#ifndef EV_CAT_TABLE_H
#define EV_CAT_TABLE_H

#include "silver/silver_read.h"
#include "stream/stream.h"

/* The stream that files are written to, one behind the other as long as their columns are the same. {0} is
 * none. */
struct cat_table {
	bool open; /* a stream has been begun */
	bool is_silver;
	struct columns columns;
	struct builder builder;
	struct buffer payload;
	/* Called behind each header, when there is something to be said before the rows. */
	int (*begun)(void *context);
	void *context;
	/* Sources whose rows are left out of Silver, and how many have been so far; or NULL. */
	const struct dictionary *removed;
	/* The columns that rows of Silver are to have; or NULL: each file's own. */
	const struct columns *as;
	/* Without these: the columns that files of Silver have which are to come, one or another of them. */
	struct columns united;
	uint64_t left_out;
};

/* The rows of a file, in the stream that is open or in another. name is for messages, and for the keys in it.
 */
int cat_table_file(struct cat_table *t, int fd, const struct control_source *source, const char *name,
		   struct stream_writer *out, const char *command) MUST_CHECK;
/* A file will come: if it is Silver, and of no other types, its columns are added to the united ones. */
int cat_table_expect(struct cat_table *t, int fd, const char *name) MUST_CHECK;
/* Ends the stream, if there is one. */
int cat_table_end(struct cat_table *t, struct stream_writer *out) MUST_CHECK;
void cat_table_close(struct cat_table *t);

/* Files to be read: by name, and where they lie when that is another place. {0} is empty. */
struct cat_files {
	struct cat_file {
		char *name;
		char *place; /* or NULL */
	} * items;
	size_t n, cap;
	bool is_mixed; /* not all of them may have the same columns */
};

/* The files that the ledger knows in a folder that is a lake's Silver, or a part of it: 1, or 0 when it is
 * not or the lake has no ledger yet, or -1. */
int cat_silver_files(const char *folder, struct cat_files *files) MUST_CHECK;
void cat_files_free(struct cat_files *files);

/* -1 and what to say instead when the folder is a whole lake. */
int cat_refuse_lake(const char *folder) MUST_CHECK;

#endif
