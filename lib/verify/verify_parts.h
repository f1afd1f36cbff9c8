/*
 * verify_parts -- what a verification is made of, for the files verify*.c.
 */
#ifndef EV_VERIFY_PARTS_H
#define EV_VERIFY_PARTS_H

#include "column/value.h"
#include "gold/gold.h"
#include "lake/ledger.h"
#include "parquet/parquet_bounds.h"
#include "silver/silver_read.h"
#include "verify/verify.h"

/* Reports, with a detail that is made as printf would. */
void verify_tell(struct verify *v, struct text path, const char *what, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same with the cause on record, which is cleared, if it is about the content of the file: 0; else -1. */
int verify_tell_cause(struct verify *v, struct text path, const char *what) MUST_CHECK;

/* How many rows each source has in Silver and in quarantine. */
struct verify_counts {
	struct dictionary sources;
	uint64_t *rows, *rejects;
	size_t rows_cap, rejects_cap;
};

void verify_counts_free(struct verify_counts *c);
int verify_count_rows(struct verify_counts *c, struct text source, uint64_t n) MUST_CHECK;
int verify_count_reject(struct verify_counts *c, struct text source) MUST_CHECK;

/* A file of the manifest. */
struct verify_file {
	struct text path;
	const char *place; /* within the lake: path, or where it waits to be renamed */
	struct text partition;
	uint64_t rows;
	struct text first, last; /* when its events are, as the manifest has it */
};

/* What the rows of one column in one row group are, to be held against what its statistics say. */
struct verify_bounds {
	struct parquet_bounds exact;
	uint64_t nulls;
	/* Of a column in CODES form: the round in which a code was last seen. */
	uint32_t *seen;
	size_t seen_cap;
	uint32_t round;
};

/* scratch has room for the vector's rows. */
int verify_bounds_add(struct verify_bounds *b, const struct vector *v, uint32_t n,
		      int64_t *scratch) MUST_CHECK;
/* What is wrong with what is said, or NULL; then ready for the next row group. */
const char *verify_bounds_end(struct verify_bounds *b, enum column_type type,
			      const struct parquet_said *said);
void verify_bounds_free(struct verify_bounds *b);

/* Rows of Silver, file after file, into the groups of Gold. */
struct verify_silver {
	struct verify *verify;
	struct gold *gold;
	const struct columns *columns; /* that gold was opened with */
	struct verify_counts *counts;
	/* Of the files read last; files with the same columns share dictionaries. */
	struct columns held;
	struct builder builder;
	struct vector *vectors;
	struct verify_bounds *bounds;
	/* As gold wants them, and which of `held` each is, or -1. */
	struct vector *given;
	int *map;
	int source, timestamp; /* of `held` */
	/* What a column has that a file does not: nulls. */
	uint32_t *no_offsets;
	uint64_t *no_valid, *no_fingerprints;
	int64_t *scratch;
	int64_t first, last;             /* timestamps of the file at hand */
	struct verify_counts of_columns; /* how many files have each: "NAME TYPE" */
	bool incomplete;                 /* there was a file that could not be read to its end */
};

int verify_silver_open(struct verify_silver *s) MUST_CHECK;
void verify_silver_close(struct verify_silver *s);
int verify_silver_file(struct verify_silver *s, const struct verify_file *file) MUST_CHECK;

int verify_quarantine_file(struct verify *v, struct verify_counts *counts,
			   const struct verify_file *file) MUST_CHECK;
/* The manifest against the folders: every file is there, as it was committed; what is in it is counted. */
int verify_manifest(struct verify *v, struct db *db, struct verify_silver *silver) MUST_CHECK;
/* What no manifest has; db is NULL when there is none. */
int verify_strays(struct verify *v, struct db *db) MUST_CHECK;
/* The marks against the sums, the counts and Bronze. */
int verify_marks(struct verify *v, struct db *db, struct verify_counts *counts) MUST_CHECK;
/* The catalog against the manifest, the files and Gold. */
int verify_catalog(struct verify *v, struct db *db, const struct verify_silver *silver) MUST_CHECK;
/* What the lake keeps of Gold against what is in gold. */
int verify_gold(struct verify *v, struct db *db, struct gold *gold) MUST_CHECK;

#endif
