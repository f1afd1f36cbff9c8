/*
 * silver_write -- Silver's Parquet files, one for each date, waiting below staging for the commit.
 *
 * At most SILVER_DATES are open at once; the one not written for longest is closed for another. Each file is
 * fsynced and then announced by a `staged` frame; the folder is fsynced before finish returns.
 */
#ifndef EV_SILVER_WRITE_H
#define EV_SILVER_WRITE_H

#include "lake/lake.h"
#include "parquet/parquet_write.h"
#include "silver/silver.h"

enum { SILVER_DATES = 16 };

struct silver_file {
	int64_t day;
	int fd;
	char *path;    /* within the lake */
	uint64_t used; /* when last, in batches */
	struct parquet_writer *writer;
};

struct silver_writer {
	const struct lake *lake;
	struct stream_writer *out; /* is told of each staged file */
	struct columns columns;    /* of the files */
	size_t *order;             /* which column of the stream each of them is */
	struct vector *vectors;
	uint32_t *rows;
	char *folder; /* within the lake, once there is one */
	unsigned n_files;
	uint64_t clock;
	struct silver_file files[SILVER_DATES];
	size_t n_open;
	struct buffer payload;
};

/* Files of the lake's Silver with s's columns. lake and out are borrowed. */
int silver_writer_open(struct silver_writer *w, const struct silver *s, const struct lake *lake,
		       struct stream_writer *out) MUST_CHECK;
/* The batch just extended. */
int silver_write(struct silver_writer *w, const struct silver *s, uint32_t n) MUST_CHECK;
/* The dictionary of a column of the silver stream was emptied. */
int silver_writer_strings_reset(struct silver_writer *w, size_t column) MUST_CHECK;
/* Closes every file, makes all durable, and announces them. */
int silver_writer_finish(struct silver_writer *w) MUST_CHECK;
void silver_writer_close(struct silver_writer *w);

#endif
