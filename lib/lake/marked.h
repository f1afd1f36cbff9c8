/*
 * marked -- what has become of a marked file of Bronze since it was read.
 *
 * A file whose size and time are as marked is taken for what it was, as every run does, unless its content is
 * asked for; one that has others is read. An archive whose size and time are as marked is not looked into:
 * what is marked in it is taken for what it was, and for being there. Errors: STATUS_SYSTEM naming the file;
 * damage is no error here, but another content.
 */
#ifndef EV_MARKED_H
#define EV_MARKED_H

#include "base/db.h"
#include "lake/members.h"

#include <stdbool.h>

enum marked_now {
	MARKED_SAME,
	MARKED_TOUCHED, /* another size or time, and the same content */
	MARKED_CHANGED,
	MARKED_VANISHED,
};

struct marked {
	struct text path; /* within the lake */
	uint64_t size, mtime_ns;
	struct text content; /* as the ledger has it */
	bool is_partial;     /* it was kept as far as it was whole */
	bool is_archive;
};

/* why says more of MARKED_CHANGED. */
struct marked_scratch {
	struct buffer name, data, why;
	struct dictionary archives; /* that are marked */
	struct marked_archive {
		uint64_t size, mtime_ns;
	} * items; /* by the codes of their paths */
	size_t cap;
	struct members members;
};

/* Of a lake's marks. {0} can be freed. */
int marked_scratch_open(struct marked_scratch *s, struct db *db) MUST_CHECK;
void marked_scratch_free(struct marked_scratch *s);

int marked_look(const struct lake *lake, const struct marked *m, bool contents, struct marked_scratch *s,
		enum marked_now *now) MUST_CHECK;

#endif
