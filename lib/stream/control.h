/*
 * control -- the frames that travel with the rows, as structs (evstream(5), "Control frames").
 *
 * Each is a fixed sequence of fields: a number is a u64, a text a u64 length and its bytes padded to 8. Texts
 * of a decoded struct point into the frame's payload. Encoders append to out. Errors: STATUS_INPUT for a
 * payload that is cut or has bytes left over.
 */
#ifndef EV_CONTROL_H
#define EV_CONTROL_H

#include "column/dictionary.h"
#include "stream/frame.h"

/* What is to be done, to which lake. */
struct control_run {
	struct text verb;    /* "load", or one of verb.h */
	struct text lake;    /* absolute path */
	struct text id;      /* the lake's id, or "" before its first commit */
	uint64_t newest_run; /* that evmark saw; 0 for none */
	uint64_t target;     /* "rewind": the run whose lake is to be had again; else 0 */
	uint64_t rest;       /* how many streams of this run come after this one, from the same evcat */
};

enum want_verdict {
	WANT_TAKE = 0,    /* read it */
	WANT_SAME = 1,    /* its content is already marked, as `same_as`: mark it, do not read it */
	WANT_CHANGED = 2, /* marked, but no longer what it was: leave it, and say so */
	WANT_RECOUNT = 3, /* a file of Silver that stays: Gold is to count it again */
	WANT_REWRITE =
	    4, /* a file of Silver or quarantine: what is not of a removed source goes to a new one */
	WANT_REPLAY = 5, /* a file of quarantine: its lines are to be decoded again */
	WANT_REMOVE = 6, /* a source whose mark ends, with all that came from it */
	WANT_SKIP = 7,   /* a source that is never to be taken */
	WANT_TABLE = 8,  /* the path is the name of a Gold table, and only such are rebuilt */
	WANT_MEND =
	    9, /* a file of quarantine: those of its lines that follow, in its order, are to be decoded */
	WANT_ARCHIVE = 10, /* an archive, to be read to its end: sources in it are wanted behind this */
};

struct control_want {
	uint64_t verdict;
	struct text path; /* within the lake: "bronze/..." */
	uint64_t size;    /* bytes of the file */
	uint64_t mtime_ns;
	struct text same_as; /* WANT_SAME: the marked path; of Silver and quarantine: where it still lies */
	struct hash128 content; /* WANT_SAME: of the decompressed bytes */
};

/* What the rows of a source are there for. */
enum source_purpose {
	SOURCE_NEW = 0,     /* to be taken: they go to Silver and Gold, and the source gets a mark */
	SOURCE_RECOUNT = 1, /* of a file of Silver that stays: Gold only */
	SOURCE_REWRITE = 2, /* of a file of Silver that goes: to another one, and Gold */
	SOURCE_AGAIN = 3,   /* of a marked source, from quarantine: as if new, but that it keeps its mark */
};

/* The rows that follow come from here. */
struct control_source {
	struct text path;
	uint64_t size;
	uint64_t mtime_ns;
	uint64_t purpose;
};

/* What the rows of a stream are read by. */
struct control_rules {
	struct text name; /* "event.json" or "map.jq" */
	struct text text; /* of that file; empty when there is none */
};

/* A line in the file of quarantine that was wanted last, as somebody corrected it. */
struct control_mended {
	struct text source;
	uint64_t line;
	struct text raw;
};

/* A file of Silver or quarantine that has been read to its end. */
struct control_reread {
	struct text path;
	uint64_t verdict;  /* WANT_RECOUNT, _REWRITE, _REPLAY or _MEND, as it was wanted */
	uint64_t rows;     /* that have gone on */
	uint64_t left_out; /* those of removed sources */
};

/* lines + more = rows + rejects + blank. */
struct control_source_end {
	struct hash128 content; /* XXH3-128 of the decompressed bytes */
	uint64_t bytes;         /* decompressed */
	uint64_t lines;
	uint64_t rows;
	uint64_t rejects;
	uint64_t blank;   /* lines without an event */
	uint64_t partial; /* 1: it broke off, and was taken as far as it was whole (evcat -k) */
	uint64_t more;    /* rows that are not the first of their line: those that a map has made */
};

struct control_reject {
	struct text reason;
	struct text field;   /* "" when it is about the line */
	uint64_t line;       /* from 1 */
	uint64_t column;     /* from 1, in bytes; 0 when it is about the line */
	uint64_t offset;     /* of the line, in decompressed bytes */
	uint64_t len;        /* of the line, in bytes; raw is shorter when it is a prefix */
	struct hash128 hash; /* of the whole line when raw is a prefix, else 0 */
	struct text raw;
};

struct control_staged {
	struct text layer;     /* "silver" or "quarantine" */
	struct text path;      /* where it is now, within the lake */
	struct text partition; /* "event_date=2025-12-07", or "" */
	uint64_t rows;
	uint64_t size;           /* bytes */
	struct hash128 checksum; /* XXH3-128 of the file */
};

/* Something counted about the source before; what: */
struct control_tally {
	struct text what;  /* "rejected", "unknown_key", "unknown_value", "silver" */
	struct text name;  /* the reason, the key, the value */
	struct text field; /* the field it is about, or "" */
	uint64_t count;
	uint64_t line; /* of the first one; 0 when it has none */
	uint64_t column;
};

/* This stream is part k of n of what a plan wants: a merge demands every part once. */
struct control_shard {
	uint64_t plan; /* the hash in the plan's trailer */
	uint64_t k;    /* from 1 */
	uint64_t n;
};

/* Aggregate states of groups of a Gold table, for the merge. */
struct control_partial {
	struct text table;
	uint64_t more;     /* 1: the next partial frame goes on where this one breaks off */
	struct text state; /* evstream(5), "Aggregate state" */
};

/* What is to be remembered of the subfolders of a folder under bronze/ (folder.h). */
struct control_folder {
	struct text path;
	struct text subfolders;
};

struct control_error {
	struct text tool;
	uint64_t status;
	struct text message;
};

/* frames counts those of this stream before the trailer; rows those of its batches. */
struct control_trailer {
	uint64_t frames;
	uint64_t rows;
	uint64_t hash; /* XXH3-64 over the frames' checksums, each a u64, in order */
};

int control_encode_run(struct buffer *out, const struct control_run *c) MUST_CHECK;
int control_encode_want(struct buffer *out, const struct control_want *c) MUST_CHECK;
int control_encode_source(struct buffer *out, const struct control_source *c) MUST_CHECK;
int control_encode_source_end(struct buffer *out, const struct control_source_end *c) MUST_CHECK;
int control_encode_reject(struct buffer *out, const struct control_reject *c) MUST_CHECK;
int control_encode_staged(struct buffer *out, const struct control_staged *c) MUST_CHECK;
int control_encode_tally(struct buffer *out, const struct control_tally *c) MUST_CHECK;
int control_encode_shard(struct buffer *out, const struct control_shard *c) MUST_CHECK;
int control_encode_partial(struct buffer *out, const struct control_partial *c) MUST_CHECK;
int control_encode_folder(struct buffer *out, const struct control_folder *c) MUST_CHECK;
int control_encode_reread(struct buffer *out, const struct control_reread *c) MUST_CHECK;
int control_encode_rules(struct buffer *out, const struct control_rules *c) MUST_CHECK;
int control_encode_mended(struct buffer *out, const struct control_mended *c) MUST_CHECK;
int control_encode_error(struct buffer *out, const struct control_error *c) MUST_CHECK;
int control_encode_trailer(struct buffer *out, const struct control_trailer *c) MUST_CHECK;

int control_decode_run(const struct frame *f, struct control_run *c) MUST_CHECK;
int control_decode_want(const struct frame *f, struct control_want *c) MUST_CHECK;
int control_decode_source(const struct frame *f, struct control_source *c) MUST_CHECK;
int control_decode_source_end(const struct frame *f, struct control_source_end *c) MUST_CHECK;
int control_decode_reject(const struct frame *f, struct control_reject *c) MUST_CHECK;
int control_decode_staged(const struct frame *f, struct control_staged *c) MUST_CHECK;
int control_decode_tally(const struct frame *f, struct control_tally *c) MUST_CHECK;
int control_decode_shard(const struct frame *f, struct control_shard *c) MUST_CHECK;
int control_decode_partial(const struct frame *f, struct control_partial *c) MUST_CHECK;
int control_decode_folder(const struct frame *f, struct control_folder *c) MUST_CHECK;
int control_decode_reread(const struct frame *f, struct control_reread *c) MUST_CHECK;
int control_decode_rules(const struct frame *f, struct control_rules *c) MUST_CHECK;
int control_decode_mended(const struct frame *f, struct control_mended *c) MUST_CHECK;
int control_decode_error(const struct frame *f, struct control_error *c) MUST_CHECK;
int control_decode_trailer(const struct frame *f, struct control_trailer *c) MUST_CHECK;

#endif
