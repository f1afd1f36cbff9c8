/*
 * run -- what a stream announces about one run, gathered for the commit: sources, counts, staged files.
 *
 * All that it announces gets into the ledger, or none of it. Memory grows with the number of sources and
 * files, not with rows. Errors: STATUS_INPUT for a stream that contradicts itself; STATUS_REFUSED when the
 * sums do not hold.
 */
#ifndef EV_RUN_H
#define EV_RUN_H

#include "stream/shard.h"
#include "stream/stream.h"

struct run_source {
	struct text path;
	uint64_t size, mtime_ns;
	enum source_purpose purpose; /* SOURCE_NEW or SOURCE_AGAIN: rows of Silver files are in run_reread */
	bool ended;
	struct control_source_end end;
	uint64_t rows;     /* seen in the stream */
	uint64_t silver;   /* tallied by the stage that wrote Silver */
	uint64_t rejected; /* tallied by the stage that wrote the quarantine */
};

struct run_tally {
	size_t source;
	struct control_tally tally;
};

/* A file of Silver or quarantine that was read again. */
struct run_reread {
	struct text path;
	enum want_verdict verdict;
	uint64_t rows, left_out;
};

/* {0} is empty; texts are its own. */
struct run {
	bool begun;               /* a run frame has been seen */
	size_t streams;           /* how many of them that were the last of their part */
	uint64_t rest;            /* of the stream at hand: how many of its part are to follow */
	uint64_t plan;            /* of the shards */
	uint64_t n_parts;         /* 0: it came in one piece */
	uint8_t parts[SHARD_MAX]; /* which of them have been seen */
	size_t n_seen;
	struct text verb, lake, id;
	uint64_t newest_run, target;
	enum source_purpose purpose; /* of the source at hand */
	uint64_t rows_again;         /* of it, when it is a file of Silver */
	uint64_t rewritten;          /* rows of all those that go to other files */
	struct run_reread *rereads;
	size_t n_rereads, cap_rereads;
	struct run_source *sources;
	size_t n_sources, cap_sources;
	struct run_tally *tallies; /* rejected, unknown_key, unknown_value */
	size_t n_tallies, cap_tallies;
	struct control_staged *files;
	size_t n_files, cap_files;
	struct control_want
	    *wants; /* but for those that come back as a source or a file that was read again */
	size_t n_wants, cap_wants;
	struct control_rules *rules; /* that rows were read by: each name once */
	size_t n_rules, cap_rules;
	struct control_folder *folders; /* to be remembered */
	size_t n_folders, cap_folders;
	char **texts;
	size_t n_texts, cap_texts;
};

struct run_sums {
	uint64_t sources, rows, rejects, blank, bytes;
	uint64_t rejects_again; /* that were in quarantine before */
};

/* The item that the stream holds, if it is one that a run is made of. */
int run_take(struct run *r, const struct stream *s) MUST_CHECK;
/*
 * For each source lines + more = kept + rejected + blank, kept = its rows in Silver, rejected = its rows in
 * the quarantine; for each layer the rows of the staged files are those of the sources and of what is
 * rewritten; no new source is there twice. Of a run that was shared out every part is there, once.
 */
int run_check(const struct run *r) MUST_CHECK;
/* The same without the parts: for one of them. */
int run_check_counts(const struct run *r) MUST_CHECK;
/* A source of the run by its path, or NULL. */
const struct run_source *run_find(const struct run *r, struct text path);
/* Of new sources, and of lines that were in quarantine. */
struct run_sums run_sum(const struct run *r);
void run_free(struct run *r);

#endif
