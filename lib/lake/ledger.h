/*
 * ledger -- what the lake remembers: runs, marks, files, rejects, notes, failures; the lake_* tables of
 * gold.db.
 *
 * Marks, files, rejects and notes are never forgotten: their rows hold for the runs from begin_run up to, and
 * without, end_run, and what holds now has none. All functions below are about what holds now.
 *
 * Whoever asks with plain sqlite3 is at home here too: times are ISO 8601 text in UTC, hashes 32 hexadecimal
 * digits, mtime_ns an integer of nanoseconds since 1970, paths are within the lake. Writers hold the write
 * lock (BEGIN IMMEDIATE), and all that one run writes is one transaction.
 */
#ifndef EV_LEDGER_H
#define EV_LEDGER_H

#include "base/db.h"
#include "lake/lake.h"

enum { LEDGER_ID_LEN = 32 };

/* The statuses of a mark. */
#define LEDGER_DONE "DONE"
#define LEDGER_PARTIAL "PARTIAL"   /* it broke off, and was taken as far as it was whole */
#define LEDGER_SAME "SKIPPED_SAME" /* the content of another mark, which same_as names */
#define LEDGER_SKIPPED "SKIPPED"   /* never to be taken, whatever is in it */
/* An archive, in which there was nothing new when it had that size and time; what is in it has marks of its
 * own. With a size of 0 there may be. */
#define LEDGER_ARCHIVE "ARCHIVE"

struct ledger {
	struct db *db;                     /* borrowed */
	struct db_statement *prepared[26]; /* in the order of ledger_sql.h */
	bool at_row[26];                   /* which of them hold one, while they are moved along */
};

struct ledger_run {
	uint64_t run;
	struct text verb;
	const char *began; /* ISO 8601 */
	uint64_t sources, copies, rows, rejects, blank;
	uint64_t bytes; /* of the sources, decompressed */
	uint64_t files;
	double cpu_seconds; /* of the process that committed */
	double wall_seconds;
};

struct ledger_source {
	struct text path;
	uint64_t size;
	uint64_t mtime_ns;
	struct hash128 content;
	uint64_t bytes, lines, kept, rejected, blank;
	uint64_t more; /* of those kept, events that are not the first of their line */
	const char *status;
	struct text same_as; /* "" unless SKIPPED_SAME */
	uint64_t run;
};

struct ledger_count {
	uint64_t run;
	struct text source;
	struct text what; /* notes: "unknown_key" or "unknown_value" */
	struct text name; /* the reason, key or value */
	struct text field;
	uint64_t count, line, column;
};

struct ledger_file {
	struct text path;
	struct text layer;
	struct text partition;
	uint64_t rows;
	uint64_t size;
	struct hash128 checksum;
	uint64_t run;
	struct text staged;      /* where it waits to be renamed */
	struct text first, last; /* of Silver: the times of its events, as timestamp_format gives them */
};

/*
 * What a lake remembers, for reading: 1 and both open; 0 when it has never been committed to (*db may be NULL
 * then); -1. The caller closes both, whatever the result.
 */
int ledger_read(const struct lake *lake, struct db **db, struct ledger *l) MUST_CHECK;
void ledger_open(struct ledger *l, struct db *db);
void ledger_close(struct ledger *l); /* before db_close */

/* Whether the database has a ledger: 1, 0, -1. One that was created and never committed has none. */
int ledger_exists(struct ledger *l) MUST_CHECK;
/* The tables, and a new id for the lake. */
int ledger_create(struct ledger *l) MUST_CHECK;
/* The tables of an earlier format become those of this one, with all that they hold. */
int ledger_remake(struct ledger *l, int format) MUST_CHECK;
int ledger_set_meta(struct ledger *l, const char *key, const char *value) MUST_CHECK;
int ledger_id(struct ledger *l, char id[LEDGER_ID_LEN + 1]) MUST_CHECK;
int ledger_newest_run(struct ledger *l, uint64_t *run) MUST_CHECK;
/* The run that last changed Gold; 0 for none. */
int ledger_gold_run(struct ledger *l, uint64_t *run) MUST_CHECK;
int ledger_set_gold_run(struct ledger *l, uint64_t run) MUST_CHECK;
/* Whether any Silver has ever been committed. */
int ledger_has_history(struct ledger *l) MUST_CHECK;

/*
 * The mark of a path: 1 and *mark (its texts borrowed until the next call), 0 when it has none. A copy whose
 * original has no mark is none: the run that was to read the original has not been committed.
 */
int ledger_find_path(struct ledger *l, struct text path, struct ledger_source *mark) MUST_CHECK;
/* The same for the oldest mark of a content that is no copy. */
int ledger_find_content(struct ledger *l, struct hash128 content, struct ledger_source *mark) MUST_CHECK;
/* As ledger_find_path, and cheaper when it is asked for one path after another in about their order. */
int ledger_find_next(struct ledger *l, struct text path, struct ledger_source *mark) MUST_CHECK;
/* Whatever mark the path has, a copy's too. */
int ledger_find_live(struct ledger *l, struct text path, struct ledger_source *mark) MUST_CHECK;
/* The mark of a copy whose original has none. */
int ledger_find_orphan(struct ledger *l, struct text path, struct ledger_source *mark) MUST_CHECK;
/* Whether any mark is of a file of that size: 1, 0, -1. */
int ledger_has_size(struct ledger *l, uint64_t size) MUST_CHECK;
/* The memory of folders (folder.h): the row of a path, borrowed until the next call; 1, 0, -1. Best asked for
 * in about the order of paths. */
int ledger_find_folder(struct ledger *l, struct text path, struct text *subfolders) MUST_CHECK;
int ledger_put_folder(struct ledger *l, struct text path, struct text subfolders) MUST_CHECK;
/* Files that are committed and not yet renamed, in the order of paths: each call gives the next; 1, 0, -1. */
int ledger_next_pending(struct ledger *l, struct text *staged, struct text *path) MUST_CHECK;

/* The files that are Silver now, in the order of paths, likewise; staged is where one still waits to be
 * renamed, or "". */
int ledger_next_silver(struct ledger *l, struct text *path, struct text *staged) MUST_CHECK;

int ledger_add_run(struct ledger *l, const struct ledger_run *run) MUST_CHECK;
/* Adds a mark; one that the path has ends with it. */
int ledger_add_source(struct ledger *l, const struct ledger_source *source) MUST_CHECK;
/* The path has no mark from that run on. */
int ledger_end_source(struct ledger *l, struct text path, uint64_t run) MUST_CHECK;
/* The archive that a path is a member of, if there is one: what is in it has to be looked at again. */
int ledger_doubt_archive(struct ledger *l, struct text member) MUST_CHECK;
/* A marked path has the same content in another size or with another mtime. */
int ledger_touch_source(struct ledger *l, struct text path, uint64_t size, uint64_t mtime_ns) MUST_CHECK;
/* Counts; those of the same name are added up (names are cut when they are long). */
int ledger_add_reject(struct ledger *l, const struct ledger_count *count) MUST_CHECK;
int ledger_add_note(struct ledger *l, const struct ledger_count *count) MUST_CHECK;
/* From that run on what is read is read by this text; empty: by none of that name. */
int ledger_put_rule(struct ledger *l, struct text name, struct text rule, uint64_t run) MUST_CHECK;
int ledger_add_file(struct ledger *l, const struct ledger_file *file) MUST_CHECK;
/* The files of a run, or of all runs for 0, are in their places. */
int ledger_clear_pending(struct ledger *l, uint64_t run) MUST_CHECK;
int ledger_add_attempt(struct ledger *l, struct text verb, int status, struct text message) MUST_CHECK;

void ledger_write_hash(char text[LEDGER_ID_LEN + 1], struct hash128 hash);
/* The time now, as the ledger writes it: "2025-12-07T03:55:56.633Z". */
enum { LEDGER_TIME_LEN = 24 };
void ledger_now(char text[LEDGER_TIME_LEN + 1]);

#endif
