/*
 * undo_plan -- what runs other than a load would read and take back: the wants of their plans.
 *
 * Only the ledger is asked, and the files that it names; nothing is written. The same lake and arguments give
 * the same plan. Errors: STATUS_USAGE for arguments that name nothing; STATUS_REFUSED when a file that is
 * needed is not there any more, or a line is not in quarantine.
 */
#ifndef EV_UNDO_PLAN_H
#define EV_UNDO_PLAN_H

#include "lake/bronze.h"
#include "lake/lake.h"
#include "lake/ledger.h"
#include "lake/members.h"
#include "stream/control.h"
#include "stream/verb.h"

/* {0} is empty. */
struct undo_plan {
	enum verb verb;
	uint64_t target; /* of a rewind */
	struct control_want *wants;
	size_t n, cap;
	struct strings texts; /* two for each want */
	/* Lines of the quarantine files that are wanted, want by want and each in the order of its file. */
	struct undo_mended {
		size_t want;
		struct control_mended line;
	} * mended;
	size_t n_mended, cap_mended;
	struct strings mended_texts;
	/* Archives of which members are to be taken: those that are wanted already, and what is in the last.
	 */
	struct dictionary archives;
	struct members members;
};

/* Of a lake with a ledger. arguments: what the verb is about, up to a NULL. */
int undo_plan_make(struct undo_plan *p, const struct lake *lake, struct ledger *ledger, enum verb verb,
		   char **arguments) MUST_CHECK;
int undo_plan_add(struct undo_plan *p, struct control_want want) MUST_CHECK; /* copies its texts */
/* A line of the file that was added last; likewise. */
int undo_plan_add_mended(struct undo_plan *p, const struct control_mended *mended) MUST_CHECK;
void undo_plan_free(struct undo_plan *p);

#endif
