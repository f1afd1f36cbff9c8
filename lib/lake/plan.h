/*
 * plan -- what is in bronze/, held against the marks: what a run would read, and why the rest is left.
 *
 * The files are those of bronze_list, in its order; the same files and marks give the same plan. A folder or
 * file that cannot be read is an error, never an absence. Contents are compared by the XXH3-128 of their
 * decompressed bytes, and read only when a size gives reason to.
 */
#ifndef EV_PLAN_H
#define EV_PLAN_H

#include "lake/bronze.h"
#include "lake/ledger.h"
#include "stream/control.h"

enum plan_verdict {
	PLAN_TAKE,    /* new */
	PLAN_SAME,    /* new, but its content is that of same_as */
	PLAN_TOUCHED, /* marked with this content, but another size or mtime */
	PLAN_CHANGED, /* marked with another content */
	PLAN_MARKED,  /* done */
	PLAN_YOUNG,   /* within the settle time */
	PLAN_IGNORED, /* by its name or kind */
};

struct plan_file {
	struct text path; /* within the lake */
	uint64_t size;
	uint64_t mtime_ns;
	enum plan_verdict verdict;
	const char *why;        /* PLAN_IGNORED: "a symbolic link", ... */
	struct text same_as;    /* PLAN_SAME */
	uint32_t original;      /* of it, when that is marked: its number in the plan's originals */
	struct hash128 content; /* PLAN_SAME, PLAN_TOUCHED */
	bool hashed;            /* content is known */
};

/* {0} is empty. */
struct plan {
	struct plan_file *files;
	size_t n;
	struct bronze bronze; /* holds the paths */
	struct strings originals;
};

/*
 * Finds and judges what is in bronze/, into an empty plan; with the memory of folders that listing has, only
 * what may be new or changed. The ledger, NULL when the lake has none, is asked about what is there, whatever
 * else it holds. A file counts as young when it changed after settled_ns.
 */
int plan_make(struct plan *p, const struct lake *lake, const struct bronze_options *listing,
	      uint64_t settled_ns) MUST_CHECK;
size_t plan_count(const struct plan *p, enum plan_verdict verdict);
void plan_free(struct plan *p);

#endif
