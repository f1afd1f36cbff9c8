/*
 * silver -- the columns that Silver adds to an event.
 *
 * For a batch of events: event_date (string, YYYY-MM-DD), event_hour (int32, 0 to 23, both UTC), revenue
 * (decimal: price x quantity of a purchase that has both, else null) and source (string). In a stream they
 * follow the columns that evcat wrote.
 */
#ifndef EV_SILVER_H
#define EV_SILVER_H

#include "stream/stream.h"

enum silver_column { SILVER_DATE, SILVER_HOUR, SILVER_REVENUE, SILVER_SOURCE, SILVER_ADDED };

struct silver {
	struct columns columns; /* of the silver stream: those of events, then the added ones */
	size_t n_events;        /* how many of them came in */
	struct builder added;
	struct vector *vectors; /* all columns of the batch just extended */
	int64_t day;            /* of its first row, from 1970-01-01 */
	bool one_day;           /* and of all the others */
	int64_t *days;          /* when they are not: of each of its rows */
	/* Columns of the events, or -1. */
	int timestamp, event_type, quantity, price;
	/* The code of "purchase" among the event types seen so far. */
	int64_t purchase;
	uint32_t types_seen;
};

/* What an added column is called, and its type. */
const char *silver_added_name(enum silver_column column);
enum column_type silver_added_type(enum silver_column column);

/* The columns of a silver stream, by the schema at path. */
int silver_by_schema(const char *path, struct columns *columns) MUST_CHECK;

int silver_open(struct silver *s, const struct columns *events) MUST_CHECK;
void silver_close(struct silver *s);
/* The same for the columns of a silver stream, whose rows have all that is added already. */
int silver_open_again(struct silver *s, const struct columns *silver) MUST_CHECK;
/* The batch that `in` has decoded, of such a stream: s->vectors and the days. */
int silver_take_again(struct silver *s, const struct stream *in) MUST_CHECK;
/* Extends the batch that `in` has decoded: s->vectors, the days, and s->added, which waits for
 * stream_pass_extended. */
int silver_extend(struct silver *s, const struct stream *in) MUST_CHECK;
/* The dictionary of one of the events' columns was emptied. */
void silver_strings_reset(struct silver *s, size_t column);

#endif
