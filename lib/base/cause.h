/*
 * cause -- why this process failed, recorded once, where it is known.
 *
 * Every fallible function in lib/ records a cause and returns -1 or NULL.
 * The first cause wins: what fails later because of it does not cover it up.
 * Only cmd/ prints the cause and exits with its status.
 */
#ifndef EV_CAUSE_H
#define EV_CAUSE_H

#include <stdbool.h>

#define MUST_CHECK __attribute__((warn_unused_result))

enum status {
	STATUS_OK = 0,      /* done, or nothing to do */
	STATUS_REFUSED = 1, /* data refused, a check failed */
	STATUS_USAGE = 2,   /* usage, or a schema with errors */
	STATUS_INPUT = 3,   /* bad input or a broken stream */
	STATUS_SYSTEM = 4,  /* a system error, or a stream cut short */
	STATUS_RETRY = 75,  /* somebody else committed first: try again */
};

/* Records status and message unless a cause is on record; returns -1, so that callers can return it. */
int cause_record(enum status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with STATUS_SYSTEM and ": " strerror(errno) appended. */
int cause_system(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Records that memory ran out. */
int cause_memory(void);

/* Records a failure that an earlier stage, `tool`, has already told the user about. */
int cause_upstream(const char *tool, enum status status, const char *message);

bool cause_is_set(void);
const char *cause_upstream_tool(void); /* NULL when the failure is our own */
enum status cause_status(void);        /* STATUS_OK when nothing is on record */
const char *cause_message(void);       /* "" when nothing is on record; borrowed */
void cause_clear(void);                /* for tests, and for those who can go on */

/*
 * A failure that is to be told later, as when what came before it is given first, and again to each who asks:
 * cause_keep takes what is on record off it, cause_give records that once more. {0} is none.
 */
struct cause {
	enum status status;
	char *message; /* NULL when there was no memory for it */
};

void cause_keep(struct cause *kept);
int cause_give(const struct cause *kept); /* -1 */
void cause_free(struct cause *kept);

#endif
