/*
 * ledger_sql -- what a ledger asks of its tables.
 */
#ifndef EV_LEDGER_SQL_H
#define EV_LEDGER_SQL_H

#include "lake/ledger.h"

enum statement {
	GET_META,
	SET_META,
	NEWEST_RUN,
	HISTORY,
	FIND_PATH,
	NEAR_PATH,
	FIND_ORPHAN,
	FIND_LIVE,
	FIND_CONTENT,
	HAS_SIZE,
	NEAR_FOLDER,
	NEXT_PENDING,
	NEXT_SILVER,
	ADD_RUN,
	ADD_SOURCE,
	END_SOURCE,
	TOUCH_SOURCE,
	DOUBT_ARCHIVE,
	ADD_REJECT,
	ADD_NOTE,
	ADD_FILE,
	CLEAR_PENDING,
	ADD_ATTEMPT,
	PUT_FOLDER,
	END_RULE,
	ADD_RULE,
	STATEMENTS
};

/* Prepared when it is first asked for, and kept until the ledger is closed; NULL: the cause is on record. */
struct db_statement *ledger_statement(struct ledger *l, enum statement i) MUST_CHECK;

#endif
