/*
 * plan -- what is in bronze/, held against the marks: what a run would read, and why the rest is left.
 *
 * The files are those of bronze_list, in its order; the same files and marks give the same plan. A folder or
 * file that cannot be read is an error, never an absence. Contents are compared by the XXH3-128 of their
 * decompressed bytes, and read only when a size gives reason to.
 *
 * An archive that is new, or has another size or time than its mark, is opened, and its members come behind
 * it in its own order, each judged as a file is. What is wrong with it that somebody has to mend is an error
 * (bundle.h); damage is not: the members before it are judged, and who reads it for good will name it.
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
	PLAN_ARCHIVE, /* to be read for the sake of members, or to its end for the first time */
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
	bool look;              /* it has to be */
	uint32_t found;         /* its number, or that of its archive, in bronze */
	uint32_t archive;       /* the file that it is in, or PLAN_NO_ARCHIVE */
	uint32_t member;        /* its number in members, if it is in one */
	bool opened;            /* it is an archive, and the members that it has are there */
};

#define PLAN_NO_ARCHIVE UINT32_MAX

/* {0} is empty. */
struct plan {
	struct plan_file *files;
	size_t n, cap;
	struct bronze bronze;   /* holds the paths of files */
	struct strings members; /* and these those of members */
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
